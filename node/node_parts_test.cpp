#include "node/binding.hpp"
#include "node/data_folder.hpp"
#include "node/edge_server.hpp"
#include "node/log.hpp"
#include "node/system_clock.hpp"
#include "node/system_entropy.hpp"
#include "node/testing/fake_service.hpp"
#include "node/testing/temporary_folder.hpp"
#include "tests/support/doctest.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace engram;
using namespace engram::node;

namespace {

config listening_on(const std::string& rpc, const std::string& http, bool tls) {
  config settings;
  settings.rpc = *parse_address(rpc);
  settings.http = *parse_address(http);
  if (tls) settings.tls_cert = settings.tls_key = "x";
  return settings;
}

/// What a plain TCP client reads after sending `bytes`, until the other side closes.
std::string talk(std::uint16_t port, const std::string& bytes) {
  int handle = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string heard;
  if (::connect(handle, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
    REQUIRE(::send(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
    char buffer[4096];
    for (ssize_t count = 0; (count = ::recv(handle, buffer, sizeof buffer, 0)) > 0;) {
      heard.append(buffer, static_cast<std::size_t>(count));
    }
  }
  ::close(handle);
  return heard;
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE(
      "a port that others can reach is refused without TLS and a key, and says what is missing") {
    CHECK(check_binding(listening_on("127.0.0.1:1", "[::1]:2", false), false, false));
    auto bare = check_binding(listening_on("0.0.0.0:1", "127.0.0.1:2", false), false, false);
    REQUIRE_FALSE(bare);
    CHECK(bare.error().code == base::errc::insecure_binding);
    for (auto word : {"rpc 0.0.0.0:1", "TLS", "API key"}) {
      CHECK(bare.error().context.find(word) != std::string::npos);
    }
    CHECK_FALSE(check_binding(listening_on("0.0.0.0:1", "127.0.0.1:2", true), false, false));
    CHECK_FALSE(check_binding(listening_on("0.0.0.0:1", "127.0.0.1:2", false), true, false));
    CHECK_FALSE(check_binding(listening_on("127.0.0.1:1", "myhost:2", false), true, false));
    CHECK(check_binding(listening_on("0.0.0.0:1", "[::]:2", true), true, false));
  }

  TEST_CASE("a data folder is made for its owner alone and held by one node at a time") {
    temporary_folder base_folder;
    auto path = base_folder.path + "/a/b/data";
    {
      auto first = data_folder::open(path);
      REQUIRE(first);
      struct stat found {};
      REQUIRE(stat(path.c_str(), &found) == 0);
      CHECK((found.st_mode & 0777) == 0700);
      CHECK_FALSE(first->is_open_to_others());
      auto second = data_folder::open(path);
      REQUIRE_FALSE(second);
      CHECK(second.error().code == base::errc::data_in_use);
      CHECK(second.error().context.find(std::to_string(getpid())) != std::string::npos);
    }
    CHECK(data_folder::open(path));
    REQUIRE(chmod(path.c_str(), 0755) == 0);
    CHECK(data_folder::open(path)->is_open_to_others());
  }

  TEST_CASE("a data folder that is a file or cannot be made is an error") {
    CHECK_FALSE(data_folder::open("/etc/hostname"));
    CHECK_FALSE(data_folder::open("/proc/nothing/here"));
  }

  TEST_CASE("no value can forge a line of the log, as text or as JSON") {
    for (auto form : {log::format::text, log::format::json}) {
      std::vector<std::string> lines;
      engram::node::log to(severity::info, form,
                           [&](const std::string& line) { lines.push_back(line); });
      to.debug("node", "too quiet");
      to.warn("node", "told", {{"name", "a\nerror node: forged \"quoted\" \x01"}, {"plain", "7"}});
      REQUIRE(lines.size() == 1);
      CHECK(lines[0].find('\n') == std::string::npos);
      CHECK(lines[0].find('\x01') == std::string::npos);
      CHECK(lines[0].find("\\\"quoted\\\"") != std::string::npos);
    }
  }

  TEST_CASE("the edge serves on ports of its own choosing, drains and leaves no thread") {
    fake_service service;
    base::registry registry;
    edge_metrics metrics(registry);
    engram::node::log quiet(severity::error, log::format::text, [](const std::string&) {});
    system_clock clock;
    system_entropy entropy;
    auto settings = listening_on("127.0.0.1:0", "127.0.0.1:0", false);
    edge owner({service.all(), metrics, quiet, registry, clock, entropy, settings, true});
    auto server = edge_server::start(owner, {});
    REQUIRE(server);
    auto port = (*server)->http().port;
    CHECK(port != 0);
    CHECK((*server)->rpc().port != 0);
    std::string ready = "GET /readyz HTTP/1.0\r\n\r\n";
    CHECK(talk(port, ready).find("serving") != std::string::npos);
    talk((*server)->rpc().port, std::string(64, '\xff')); // comes back because the server hangs up
    CHECK(talk(port, ready).find("serving") != std::string::npos);

    auto taken = settings;
    taken.http = (*server)->http();
    edge other({service.all(), metrics, quiet, registry, clock, entropy, taken, true});
    auto refused = edge_server::start(other, {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().context.find(taken.http.text()) != std::string::npos);

    owner.start_draining();
    (*server)->drain(base::duration(5'000));
    CHECK(talk(port, ready).empty());
    (*server)->stop();
  }

} // TEST_SUITE

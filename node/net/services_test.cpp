#include "node/net/services.hpp"
#include "tests/support/doctest.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace engram::node {
namespace {

using bytes = std::vector<unsigned char>;

void put(bytes& to, unsigned value) {
  to.push_back(static_cast<unsigned char>(value >> 8));
  to.push_back(static_cast<unsigned char>(value));
}

void put_name(bytes& to, std::string_view name) {
  while (!name.empty()) {
    const auto dot = std::min(name.find('.'), name.size());
    to.push_back(static_cast<unsigned char>(dot));
    to.insert(to.end(), name.begin(), name.begin() + static_cast<std::ptrdiff_t>(dot));
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  to.push_back(0);
}

struct record {
  unsigned priority, weight, port;
  std::string target;
};

/// RFC 1035: the question comes back, and every answer names it by a pointer to it.
bytes answer_to(bytes asked, const std::vector<record>& records) {
  asked[2] = 0x84; // an answer, and from who knows
  asked[7] = static_cast<unsigned char>(records.size());
  asked[10] = asked[11] = 0; // no further sections
  std::size_t end = 12;
  while (asked[end] != 0) end += asked[end] + 1u;
  asked.resize(end + 5);
  for (const auto& each : records) {
    bytes data;
    put(data, each.priority);
    put(data, each.weight);
    put(data, each.port);
    put_name(data, each.target);
    put(asked, 0xC00C);
    put(asked, 33); // SRV
    put(asked, 1);
    put(asked, 0);
    put(asked, 60);
    put(asked, static_cast<unsigned>(data.size()));
    asked.insert(asked.end(), data.begin(), data.end());
  }
  return asked;
}

/// Answers one question.
class name_server {
public:
  explicit name_server(std::vector<record> records) : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&at), size) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this, records = std::move(records)] {
      bytes asked(512);
      sockaddr_in from{};
      socklen_t from_size = sizeof from;
      const auto got = ::recvfrom(socket_, asked.data(), asked.size(), 0,
                                  reinterpret_cast<sockaddr*>(&from), &from_size);
      if (got <= 12) return;
      asked.resize(static_cast<std::size_t>(got));
      const auto answer = answer_to(asked, records);
      ::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from),
               from_size);
    });
  }
  ~name_server() {
    thread_.join();
    ::close(socket_);
  }
  address at() const { return {"127.0.0.1", port_}; }

private:
  int socket_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::vector<std::string> texts_of(const std::vector<record>& records) {
  const name_server server(records);
  const auto got = services_of("_engram._udp.example.test", server.at());
  std::vector<std::string> out;
  if (got)
    for (const auto& each : *got) out.push_back(each.text());
  return out;
}

TEST_SUITE_BEGIN("services");

TEST_CASE("a service's places come by priority, the heavier first") {
  using texts = std::vector<std::string>;
  CHECK(texts_of({{20, 0, 7434, "c.example.test"},
                  {10, 1, 7434, "a.example.test"},
                  {10, 9, 7444, "b.example.test"}}) ==
        texts{"b.example.test:7444", "a.example.test:7434", "c.example.test:7434"});
}

TEST_CASE("a record that says there is no such service is none") {
  CHECK(texts_of({{0, 0, 0, "."}}).empty());
  CHECK(texts_of({}).empty());
}

TEST_CASE("a seed is HOST:PORT or the name of a service") {
  CHECK(parse_seed("_engram._udp.example.test")->is_service());
  CHECK(parse_seed("_engram._udp.example.test")->text() == "_engram._udp.example.test");
  CHECK_FALSE(parse_seed("db.example.test:7434")->is_service());
  CHECK_FALSE(parse_seed("db.example.test").has_value());
  CHECK_FALSE(parse_seed("db.example.test:0").has_value());
  CHECK_FALSE(parse_seed("_engram._udp.exa mple").has_value());
}

TEST_SUITE_END();

} // namespace
} // namespace engram::node

#include "node/net/gossip_socket.hpp"

#include "node/system_clock.hpp"
#include "node/system_entropy.hpp"
#include "tests/support/doctest.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

using namespace engram;
using namespace engram::node;

namespace {

const base::hash128 CLUSTER{1, 2};

struct collecting final : gossip_handler {
  std::promise<std::string> first;
  std::promise<void> woken_once;
  bool has_first = false, was_woken = false;
  bool packet_arrived(std::string_view body) override {
    if (body == "no message") return false;
    if (!std::exchange(has_first, true)) first.set_value(std::string(body));
    return true;
  }
  void woken() override {
    if (!std::exchange(was_woken, true)) woken_once.set_value();
  }
};

struct port {
  base::registry registry;
  gossip_metrics metrics{registry};
  system_clock clock;
  system_entropy entropy;
  collecting heard;
  std::unique_ptr<gossip_socket> socket;

  explicit port(base::hash128 cluster = CLUSTER) {
    socket = gossip_socket::open({"127.0.0.1", 0}, metrics).value();
    socket->start(heard, {cluster, {{1, 1}}, {}, {}, clock.wall(), entropy}, clock);
  }
  void send(const std::string& to, const std::string& body) {
    socket->post([this, to, body] { socket->send(to, body); });
  }
};

void send_bytes(const address& to, const std::string& bytes) {
  const int handle = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(to.port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto sent =
      ::sendto(handle, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&at), sizeof at);
  ::close(handle);
  REQUIRE(sent == static_cast<ssize_t>(bytes.size()));
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("the gossip port drops and counts what is malformed and hands on the rest") {
    port bob, alice, stranger({9, 9});
    const auto at = bob.socket->bound();
    send_bytes(at, "rubbish");
    send_bytes(at, std::string(60, 'x'));
    std::promise<void> strange;
    stranger.send(at.text(), "from another cluster");
    stranger.socket->post([&] { strange.set_value(); });
    strange.get_future().wait();
    alice.send(at.text(), "no message");
    alice.send(at.text(), "hello");
    // Datagrams on loopback arrive in order, so the rest is counted by now.
    CHECK(bob.heard.first.get_future().get() == "hello");
    bob.socket->stop();
    using membership::packet_fault;
    const auto count = [&](packet_fault what) {
      return bob.metrics.faults[static_cast<std::size_t>(what)]->value();
    };
    CHECK(count(packet_fault::too_short) == 1);
    CHECK(count(packet_fault::magic) == 1);
    CHECK(count(packet_fault::cluster) == 1);
    CHECK(bob.metrics.undecodable.value() == 1);
    CHECK(bob.metrics.arrived.value() == 2);
  }

  TEST_CASE("the gossip port wakes who handles it at the start and when asked to") {
    port bob;
    bob.heard.woken_once.get_future().wait();
    bob.socket->post([&] {
      bob.heard.was_woken = false;
      bob.heard.woken_once = {};
      bob.socket->wake_after(base::duration{1});
    });
    std::promise<void> posted;
    bob.socket->post([&] { posted.set_value(); });
    posted.get_future().wait();
    bob.heard.woken_once.get_future().wait();
  }

  TEST_CASE("a name is looked up for later packets, and what has no address is counted") {
    port bob, alice;
    std::promise<std::vector<address>> found;
    alice.socket->post([&] {
      alice.socket->resolve({"localhost", bob.socket->bound().port},
                            [&](std::vector<address> all) { found.set_value(std::move(all)); });
    });
    const auto all = found.get_future().get();
    CHECK(std::find(all.begin(), all.end(), bob.socket->bound()) != all.end());
    std::promise<void> sent;
    alice.send("no address at all", "lost");
    alice.socket->post([&] { sent.set_value(); });
    sent.get_future().wait();
    CHECK(alice.metrics.unsent.value() == 1);
  }

  TEST_CASE("a gossip port that is taken is an error that names it") {
    port first;
    const auto second = gossip_socket::open(first.socket->bound(), first.metrics);
    REQUIRE_FALSE(second);
    CHECK(second.error().context.find(first.socket->bound().text()) != std::string::npos);
  }

} // TEST_SUITE

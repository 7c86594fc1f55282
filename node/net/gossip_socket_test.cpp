#include "node/net/gossip_socket.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

using namespace engram;
using namespace engram::node;

namespace {

const base::hash128 CLUSTER{1, 2};

struct collecting_sink final : packet_sink {
  std::promise<std::string> first;
  bool has_first = false;
  void packet_arrived(const address&, std::string_view body) override {
    if (!std::exchange(has_first, true)) first.set_value(std::string(body));
  }
};

struct sender {
  int handle = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in to{};
  explicit sender(std::uint16_t port) {
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  ~sender() { ::close(handle); }
  void send(const std::string& bytes) {
    auto sent = ::sendto(handle, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&to),
                         sizeof to);
    REQUIRE(sent == static_cast<ssize_t>(bytes.size()));
  }
};

packet_fault fault_of(const std::string& bytes) {
  auto opened = open_packet(CLUSTER, bytes);
  REQUIRE(std::holds_alternative<packet_fault>(opened));
  return std::get<packet_fault>(opened);
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("a framed packet opens to its body") {
    for (std::size_t size : {std::size_t{0}, std::size_t{1}, PACKET_BODY_BYTES_MAX}) {
      std::string body(size, 'x');
      auto framed = frame_packet(CLUSTER, body);
      auto opened = open_packet(CLUSTER, framed);
      REQUIRE(std::holds_alternative<std::string_view>(opened));
      CHECK(std::get<std::string_view>(opened) == body);
    }
  }

  TEST_CASE("a packet with any bit flipped, cut or lengthened is dropped") {
    auto whole = frame_packet(CLUSTER, "hello");
    for (std::size_t i = 0; i < whole.size() * 8; ++i) {
      auto flipped = whole;
      flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
      fault_of(flipped);
    }
    for (std::size_t length = 0; length < whole.size(); ++length) fault_of(whole.substr(0, length));
    CHECK(fault_of(whole + "x") == packet_fault::length);
    CHECK(fault_of(frame_packet({9, 9}, "hello")) == packet_fault::cluster);
  }

  TEST_CASE("random datagrams are never taken for packets") {
    base::random random(5);
    for (int i = 0; i < 5000; ++i) {
      std::string bytes(random.below(100), '\0');
      for (auto& each : bytes) each = static_cast<char>(random.next());
      fault_of(bytes);
    }
  }

  TEST_CASE("the gossip port drops and counts what is malformed and hands on the rest") {
    base::registry registry;
    engram::node::log quiet(severity::error, log::format::text, [](const std::string&) {});
    collecting_sink sink;
    auto socket = gossip_socket::open({"127.0.0.1", 0}, CLUSTER, registry, quiet, &sink);
    REQUIRE(socket);
    sender from((*socket)->bound().port);
    from.send("rubbish");
    from.send(std::string(60, 'x'));
    from.send(frame_packet(CLUSTER, "hello"));
    // Datagrams on loopback arrive in order, so the rubbish is counted by now.
    CHECK(sink.first.get_future().get() == "hello");
    socket->reset();
    auto rendered = registry.render();
    CHECK(rendered.find("engram_node_malformed_total{port=\"gossip\",what=\"too_short\"} 1") !=
          std::string::npos);
    CHECK(rendered.find("engram_node_malformed_total{port=\"gossip\",what=\"magic\"} 1") !=
          std::string::npos);
    CHECK(rendered.find("engram_node_gossip_packets_total 1") != std::string::npos);
  }

  TEST_CASE("a gossip port that is taken is an error that names it") {
    base::registry registry;
    engram::node::log quiet(severity::error, log::format::text, [](const std::string&) {});
    auto first = gossip_socket::open({"127.0.0.1", 0}, CLUSTER, registry, quiet, nullptr);
    REQUIRE(first);
    auto second = gossip_socket::open((*first)->bound(), CLUSTER, registry, quiet, nullptr);
    REQUIRE_FALSE(second);
    CHECK(second.error().context.find((*first)->bound().text()) != std::string::npos);
  }

} // TEST_SUITE

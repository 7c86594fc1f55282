#include "node/net/gossip_socket.hpp"

#include "node/metrics.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <asio/post.hpp>

#include <array>

namespace engram::node {

using asio::ip::udp;

struct gossip_socket::implementation {
  implementation(const base::hash128& of, base::registry& registry, log& to, packet_sink* into)
      : cluster(of), logger(to), sink(into),
        arrived(registry.add_counter("engram_node_gossip_packets_total",
                                     "Datagrams on the gossip port that arrived whole.")) {
    for (int i = 0; i < packet_fault_count; ++i) {
      faults[static_cast<std::size_t>(i)] = &registry.add_counter(
          "engram_node_malformed_total", MALFORMED_HELP,
          "port=\"gossip\",what=\"" + std::string(to_string(static_cast<packet_fault>(i))) + "\"");
    }
  }

  void receive() {
    socket.async_receive_from(asio::buffer(buffer), sender,
                              [this](const asio::error_code& failure, std::size_t count) {
                                if (failure == asio::error::operation_aborted) return;
                                // ICMP errors of earlier sends surface here; the port lives on.
                                if (!failure) take({buffer.data(), count});
                                receive();
                              });
  }

  void take(std::string_view bytes) {
    auto opened = open_packet(cluster, bytes);
    if (const auto* fault = std::get_if<packet_fault>(&opened)) {
      faults[static_cast<std::size_t>(*fault)]->add();
      return;
    }
    arrived.add();
    if (sink) {
      sink->packet_arrived({sender.address().to_string(), sender.port()},
                           std::get<std::string_view>(opened));
    }
  }

  base::hash128 cluster;
  log& logger;
  packet_sink* sink;
  base::counter& arrived;
  std::array<base::counter*, packet_fault_count> faults;
  asio::io_context loop{1};
  udp::socket socket{loop};
  udp::endpoint sender;
  std::array<char, 65'536> buffer;
};

gossip_socket::gossip_socket() = default;

base::result<std::unique_ptr<gossip_socket>> gossip_socket::open(const address& on,
                                                                 const base::hash128& cluster,
                                                                 base::registry& registry, log& to,
                                                                 packet_sink* sink) {
  std::unique_ptr<gossip_socket> made(new gossip_socket);
  made->implementation_ = std::make_unique<implementation>(cluster, registry, to, sink);
  auto& self = *made->implementation_;
  asio::error_code failure;
  udp::resolver resolver(self.loop);
  auto found = resolver.resolve(on.host, std::to_string(on.port), failure);
  if (!failure) {
    auto endpoint = found.begin()->endpoint();
    self.socket.open(endpoint.protocol(), failure);
    if (!failure) self.socket.bind(endpoint, failure);
  }
  if (failure) {
    return base::error{base::errc::unavailable,
                       "cannot listen on udp " + on.text() + ": " + failure.message()};
  }
  made->bound_ = {on.host, self.socket.local_endpoint().port()};
  self.receive();
  made->thread_ = std::thread([&self] { self.loop.run(); });
  return made;
}

gossip_socket::~gossip_socket() {
  if (!thread_.joinable()) return;
  auto& self = *implementation_;
  asio::post(self.loop, [&self] {
    asio::error_code ignored;
    self.socket.close(ignored);
  });
  thread_.join();
}

} // namespace engram::node

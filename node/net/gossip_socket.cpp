#include "node/net/gossip_socket.hpp"

#include "node/net/services.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>

#include <array>
#include <map>
#include <optional>

namespace engram::node {

using asio::ip::udp;

namespace {

constexpr std::size_t NAMES_MAX = 4'096;
constexpr base::duration NAME_FRESH{30'000};

} // namespace

struct gossip_socket::implementation {
  explicit implementation(gossip_metrics& counted) : metrics(counted) {}

  void receive() {
    socket.async_receive_from(asio::buffer(buffer), sender,
                              [this](const asio::error_code& failure, std::size_t count) {
                                if (failure == asio::error::operation_aborted) return;
                                // ICMP errors of earlier sends surface here; the port lives on.
                                if (!failure) take({buffer.data(), count});
                                receive();
                              });
  }

  base::instant now() const {
    return {std::chrono::duration_cast<base::duration>(clock->monotonic()).count()};
  }

  void take(std::string_view bytes) {
    const auto opened = seal->open(now(), bytes);
    if (const auto* fault = std::get_if<membership::packet_fault>(&opened)) {
      metrics.malformed(*fault);
      return;
    }
    metrics.arrived.add();
    if (!handler->packet_arrived(std::get<std::string>(opened))) metrics.undecodable.add();
  }

  /// As the socket's own protocol writes it.
  udp::endpoint fitting(asio::ip::address to, std::uint16_t port) const {
    if (is_v6 && to.is_v4()) to = asio::ip::make_address_v6(asio::ip::v4_mapped, to.to_v4());
    return {to, port};
  }

  std::optional<udp::endpoint> endpoint_of(const std::string& text) {
    const auto parsed = parse_address(text);
    if (!parsed) return std::nullopt;
    asio::error_code no_literal;
    const auto literal = asio::ip::make_address(parsed->host, no_literal);
    if (!no_literal) return fitting(literal, parsed->port);
    return endpoint_of_name(text, *parsed);
  }

  std::optional<udp::endpoint> endpoint_of_name(const std::string& text, const address& parsed) {
    if (!names.count(text) && names.size() >= NAMES_MAX) names.clear();
    name& known = names[text];
    if (!known.asked && now() >= known.fresh_until) {
      known.asked = true;
      look_up(parsed, [this, text](const std::vector<udp::endpoint>& found) {
        name& asked = names[text];
        asked.asked = false;
        asked.fresh_until = now() + NAME_FRESH;
        if (!found.empty()) asked.at = found.front(); // else the last known is as good as any
      });
    }
    return known.at;
  }

  template <class Done>
  void look_up(const address& what, Done done) {
    resolver.async_resolve(what.host, std::to_string(what.port),
                           [this, done = std::move(done)](const asio::error_code& failure,
                                                          const udp::resolver::results_type& got) {
                             if (failure == asio::error::operation_aborted) return;
                             std::vector<udp::endpoint> found;
                             for (const auto& each : got)
                               found.push_back(
                                   fitting(each.endpoint().address(), each.endpoint().port()));
                             done(found);
                           });
  }

  gossip_metrics& metrics;
  gossip_handler* handler = nullptr;
  std::optional<membership::packet_seal> seal;
  const base::clock* clock = nullptr;
  bool is_v6 = false;
  asio::io_context loop{1};
  udp::socket socket{loop};
  udp::resolver resolver{loop};
  asio::steady_timer timer{loop};
  udp::endpoint sender;
  std::array<char, 65'536> buffer;
  struct name {
    std::optional<udp::endpoint> at;
    base::instant fresh_until{};
    bool asked = false;
  };
  std::map<std::string, name> names;
  asio::thread_pool services{1}; // their look-up blocks
};

gossip_socket::gossip_socket() = default;

base::result<std::unique_ptr<gossip_socket>> gossip_socket::open(const address& on,
                                                                 gossip_metrics& metrics) {
  std::unique_ptr<gossip_socket> made(new gossip_socket);
  made->implementation_ = std::make_unique<implementation>(metrics);
  auto& self = *made->implementation_;
  asio::error_code failure;
  const auto found = self.resolver.resolve(on.host, std::to_string(on.port), failure);
  if (!failure) {
    const auto endpoint = found.begin()->endpoint();
    self.is_v6 = endpoint.protocol() == udp::v6();
    self.socket.open(endpoint.protocol(), failure);
    if (!failure) self.socket.bind(endpoint, failure);
    if (!failure) self.socket.non_blocking(true, failure);
  }
  if (failure) {
    return base::error{base::errc::unavailable,
                       "cannot listen on udp " + on.text() + ": " + failure.message()};
  }
  made->bound_ = {on.host, self.socket.local_endpoint().port()};
  return made;
}

void gossip_socket::start(gossip_handler& handler, membership::packet_seal seal,
                          const base::clock& clock) {
  auto& self = *implementation_;
  self.handler = &handler;
  self.seal.emplace(std::move(seal));
  self.clock = &clock;
  self.receive();
  wake_after({});
  thread_ = std::thread([&self] { self.loop.run(); });
}

void gossip_socket::stop() {
  if (!thread_.joinable()) return;
  implementation_->services.stop();
  implementation_->services.join();
  implementation_->loop.stop();
  thread_.join();
}

gossip_socket::~gossip_socket() { stop(); }

void gossip_socket::send(const std::string& to, std::string_view body) {
  auto& self = *implementation_;
  const auto endpoint = self.endpoint_of(to);
  asio::error_code failure;
  if (endpoint) self.socket.send_to(asio::buffer(self.seal->seal(body)), *endpoint, 0, failure);
  (endpoint && !failure ? self.metrics.sent : self.metrics.unsent).add();
}

void gossip_socket::wake_after(base::duration wait) {
  auto& self = *implementation_;
  self.timer.expires_after(wait); // cancels the one before
  self.timer.async_wait([&self](const asio::error_code& failure) {
    if (!failure) self.handler->woken();
  });
}

void gossip_socket::resolve(const address& what, std::function<void(std::vector<address>)> done) {
  if (what.is_service()) {
    asio::post(implementation_->services, [this, name = what.host, done = std::move(done)] {
      auto places = services_of(name);
      if (places)
        post([this, places = *std::move(places), done] {
          for (const auto& place : places) resolve(place, done);
        });
    });
    return;
  }
  implementation_->look_up(
      what, [done = std::move(done)](const std::vector<asio::ip::udp::endpoint>& found) {
        std::vector<address> all;
        for (const auto& each : found) {
          auto host = each.address();
          if (host.is_v6() && host.to_v6().is_v4_mapped())
            host = asio::ip::make_address_v4(asio::ip::v4_mapped, host.to_v6());
          all.push_back({host.to_string(), each.port()});
        }
        done(std::move(all));
      });
}

void gossip_socket::post(std::function<void()> job) {
  asio::post(implementation_->loop, std::move(job));
}

} // namespace engram::node

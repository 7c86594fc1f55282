#pragma once
// The UDP port of the gossip protocol, on a thread of its own so that no cognitive work makes a
// node look dead. It opens frames, counts what is malformed and hands the rest to a sink. There is
// no membership behind it yet, and nothing is ever answered: a node of today is silent on this
// port.
//
// Owner: node::node. Destroying it closes the port and joins the thread.

#include "base/counters.hpp"
#include "base/result.hpp"
#include "node/config/address.hpp"
#include "node/log.hpp"
#include "node/net/packet.hpp"

#include <memory>
#include <thread>

namespace engram::node {

/// Who hears what arrived whole. Thread: the socket's; must not block.
class packet_sink {
public:
  virtual ~packet_sink() = default;
  virtual void packet_arrived(const address& from, std::string_view body) = 0;
};

class gossip_socket {
public:
  /// A null sink counts and drops. errc::unavailable when the port cannot be bound.
  static base::result<std::unique_ptr<gossip_socket>> open(const address& on,
                                                           const base::hash128& cluster,
                                                           base::registry& registry, log& to,
                                                           packet_sink* sink);
  ~gossip_socket();
  gossip_socket(const gossip_socket&) = delete;
  gossip_socket& operator=(const gossip_socket&) = delete;

  /// The port that was bound, also when 0 was asked for.
  const address& bound() const { return bound_; }

private:
  struct implementation;
  gossip_socket();

  std::unique_ptr<implementation> implementation_;
  address bound_;
  std::thread thread_;
};

} // namespace engram::node

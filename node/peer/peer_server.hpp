#pragma once
// The answering side of a link: who greets and proves the cluster's key gets a Peer capability,
// through which messages and asks reach the node core. One bootstrap object per connection. Thread:
// one event loop.

#include "node/listener.hpp"
#include "node/peer/peer_metrics.hpp"
#include "node/peer/peer_proof.hpp"

#include "schema/peer.capnp.h"

namespace engram::node {

/// What all links of a node share. Outlives them.
struct peer_context {
  actors::peer_sink& sink;
  peer_metrics& metrics;
  log& logger;
  const base::clock& clock;
  base::entropy& entropy;
  actors::peer_identity self;
  std::vector<std::string> keys; // of the cluster, first proves; at most 64 bytes each
  /// How a running cluster comes to its first key: as membership::packet_policy.
  bool prove = true, accept_unproven = false;
  std::uint64_t message_bytes_max = 16u << 20;
  /// A member has come in: it can be called back.
  std::function<void(const actors::peer_identity&)> entered = [](const auto&) {};

  std::string proof(peer_side speaker, const peer_hello& dialling,
                    const peer_hello& answering) const;
  bool accepts(std::string_view proof, peer_side speaker, const peer_hello& dialling,
               const peer_hello& answering) const;
  /// Counts and logs that somebody was not let in, or is not spoken with.
  void refuse(const base::error& why) const;
};

class peer_port_server final : public schema::PeerPort::Server {
public:
  explicit peer_port_server(peer_context& shared) : shared_(shared) {}
  /// A joiner, who says that it has no cluster yet, is told ours and may not enter.
  kj::Promise<void> greet(GreetContext context) override;
  kj::Promise<void> enter(EnterContext context) override;

  /// It has proven the cluster's key.
  bool has_entered() const { return has_entered_; }

private:
  peer_context& shared_;
  std::optional<peer_hello> dialling_, answering_;
  bool has_entered_ = false;
};

/// The function that a listener calls for a connection of the peer port. Who has not entered after
/// a while is hung up on.
listener::speaker peer_speaker(peer_context& shared, edge_metrics& edge, kj::Timer& timer);

} // namespace engram::node

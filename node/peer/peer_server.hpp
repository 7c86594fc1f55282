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
  std::uint64_t message_bytes_max = 16u << 20;
};

class peer_port_server final : public schema::PeerPort::Server {
public:
  explicit peer_port_server(peer_context& shared) : shared_(shared) {}
  kj::Promise<void> greet(GreetContext context) override;
  kj::Promise<void> enter(EnterContext context) override;

private:
  void refuse(const base::error& why, schema::ErrorInfo::Builder into);

  peer_context& shared_;
  std::optional<peer_hello> dialling_, answering_;
};

/// The function that a listener calls for a connection of the peer port.
listener::speaker peer_speaker(peer_context& shared);

} // namespace engram::node

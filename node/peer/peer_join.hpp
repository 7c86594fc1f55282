#pragma once
// What a node with an empty folder asks of a seed: of which cluster it is. The seed proves the
// cluster's key before it is believed. Thread: one event loop.

#include "node/peer/peer_server.hpp"

namespace engram::node {

/// On a fresh connection to a seed. `shared.self` has no cluster and no store yet.
/// errc::unauthenticated: it does not know our key; errc::incompatible; errc::disconnected.
kj::Promise<base::result<base::hash128>> ask_for_cluster(const peer_context& shared,
                                                         kj::Own<kj::AsyncIoStream> stream);

} // namespace engram::node

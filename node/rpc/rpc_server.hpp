#pragma once
// Speaks Cap'n Proto RPC on one connection: bounds for messages and for unanswered calls, the
// bootstrap object, and what is counted when a peer sends something else. Thread: one event loop.

#include "node/listener.hpp"
#include "node/rpc/session.hpp"

namespace engram::node {

/// The function that listener calls for a connection of the RPC port.
listener::speaker rpc_speaker(edge& owner, node_identity identity);

} // namespace engram::node

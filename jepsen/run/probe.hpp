#pragma once
// What the harness itself asks of nodes: whether the cluster is whole, and what state each replica
// of a space is in. Thread: that of the client side.

#include "jepsen/history/op.hpp"
#include "jepsen/workload/client_side.hpp"

namespace engram::jepsen {

/// Every node sees that many living members.
bool is_whole(client_side& through);

/// Carries out the op "state" {space, node}: of the node's own replica the hash, memories, the
/// number of living replicas and, when it stood still meanwhile, the vector. fail: it holds none.
op read_state(client_side& through, const op& asked);

} // namespace engram::jepsen

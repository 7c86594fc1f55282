#pragma once
// What a node says of its own replica of a space. Thread: that of the client side.

#include "jepsen/workload/client_side.hpp"

#include <string>

namespace engram::jepsen {

/// Living replicas of the placement; 0: the asked node's store is none of them.
std::size_t replicas_beside(const client::cluster_info& in, const std::string& space);

/// A recall's token names the vector of the replica that answered; "": nobody did.
std::string vector_of(client_side& through, const client::space& of);

} // namespace engram::jepsen

#pragma once
// Which processes a local cluster is made of. Pure.

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace engram::client {

inline constexpr std::uint32_t DEV_NODES_MAX = 32;
inline constexpr std::uint32_t DEV_BASE_PORT =
    7432; // so that the first node has a lone one's ports

struct dev_options {
  std::uint32_t nodes = 3;
  std::uint32_t base_port = DEV_BASE_PORT;
  std::string folder;             // each node's data lies below it
  std::vector<std::string> flags; // given to every node
};

struct dev_node {
  std::string name;               // n1, n2 …
  std::string rpc, http, gossip;  // HOST:PORT
  std::vector<std::string> flags; // of `engram node`
};

/// Three ports a node, one after another: http, rpc, gossip. The first is joined by the others.
/// errc::invalid_argument: too many nodes, or no room for the ports.
base::result<std::vector<dev_node>> plan_dev(const dev_options& wanted);

} // namespace engram::client

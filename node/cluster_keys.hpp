#pragma once
// The cluster's key file: one key of 64 hex digits a line, the first seals and proves, all open;
// '#' begins a comment. `openssl rand -hex 32` makes a key.

#include "base/aead.hpp"

#include <string>
#include <vector>

namespace engram::node {

struct cluster_keys {
  base::key_ring ring;            // for packets
  std::vector<std::string> texts; // for proofs on links: the digits, in lower case
};

/// Without a path: no keys. errc::unavailable, errc::invalid_argument: names the file, never what
/// is in it.
base::result<cluster_keys> read_cluster_keys(const std::string& path);

} // namespace engram::node

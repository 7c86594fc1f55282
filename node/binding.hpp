#pragma once
// Which ports may be opened. The rule: what others can reach wants an API key and TLS, or, between
// members, a cluster key. Pure.

#include "node/config/config.hpp"

namespace engram::node {

/// errc::insecure_binding says which address and what is missing.
base::result<void> check_binding(const config& settings, bool key_exists, bool cluster_key_exists);

} // namespace engram::node

#pragma once
// The operating system's randomness: identities, salts, keys, ids. Stateless; any thread.

#include "base/random.hpp"
#include "base/time.hpp"

namespace engram::node {

/// getrandom(2). Identities must never repeat, so a kernel that cannot deliver ends the process.
class system_entropy final : public base::entropy {
public:
  base::hash128 draw() override;
};

/// UUID version 7 (RFC 9562): ascending with time, for operation ids that a client left to us.
std::string uuid_v7(base::instant now, base::entropy& random);

} // namespace engram::node

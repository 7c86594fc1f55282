#pragma once
// What a client may give. Called once, at acceptance, by prepare(); whatever is in a log has passed
// it on some node and is never judged again. Pure.

#include "base/result.hpp"
#include "memory/limits.hpp"
#include "memory/types.hpp"

namespace engram::memory {

base::result<void> validate(const operation& what, const space_config& config,
                            const limits& bounds);

} // namespace engram::memory

#pragma once
// How an answer comes back: called exactly once, on some thread of the callee's; must not block.

#include "base/result.hpp"

#include <functional>

namespace engram::actors {

template <class T>
using reply = std::function<void(base::result<T>)>;

} // namespace engram::actors

#pragma once
// What the command's exit code says; documented in --help, part of the contract with scripts.

#include "base/error.hpp"

namespace engram::client {

inline constexpr int EXIT_DONE = 0;        // done
inline constexpr int EXIT_REFUSED = 1;     // refused, or not known to have been done
inline constexpr int EXIT_USAGE = 2;       // the command line is wrong
inline constexpr int EXIT_UNREACHABLE = 3; // no node was reached, or it went away

inline int exit_code_of(const base::error& e) noexcept {
  return e.code == base::errc::disconnected ? EXIT_UNREACHABLE : EXIT_REFUSED;
}

} // namespace engram::client

#pragma once
// What the command's exit code says; documented in --help, part of the contract with scripts.

#include "base/error.hpp"

namespace engram::client {

inline constexpr int EXIT_DONE = 0;        // done
inline constexpr int EXIT_REFUSED = 1;     // the node or the input refused something
inline constexpr int EXIT_USAGE = 2;       // the command line is wrong
inline constexpr int EXIT_UNREACHABLE = 3; // no node was reached, or it went away

inline int exit_code_of(const base::error& e) noexcept {
  const bool gone = e.code == base::errc::disconnected || e.code == base::errc::timed_out;
  return gone ? EXIT_UNREACHABLE : EXIT_REFUSED;
}

} // namespace engram::client

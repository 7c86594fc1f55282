#pragma once
// Defects on purpose, which show that the tests of whole clusters bite. Only a build with
// -DENGRAM_PLANTED_DEFECTS=ON contains them: of them all, that which ENGRAM_PLANTED names in the
// environment. In any other build the question is a constant, and what depends on it is no code.
// Included by source files only, which the build then treats alone. docs/jepsen.md lists the names
// and who finds them.

#include <string_view>

#ifdef ENGRAM_PLANTED_DEFECTS
#include <cstdlib>
#endif

namespace engram::base {

#ifdef ENGRAM_PLANTED_DEFECTS
inline bool planted(std::string_view defect) noexcept {
  const char* wanted = std::getenv("ENGRAM_PLANTED");
  return wanted != nullptr && defect == wanted;
}
#else
constexpr bool planted(std::string_view) noexcept { return false; }
#endif

} // namespace engram::base

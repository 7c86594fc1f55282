#pragma once
// Defects on purpose, which show that the tests of whole clusters bite. Only a build with
// -DENGRAM_PLANTED_DEFECTS=ON contains them: of them all, that which ENGRAM_PLANTED names in the
// environment. In any other build the question is a constant, and what depends on it is no code.
// Asked last, when all else says that the defect matters here and now: then the answer is also told
// on standard error, where the suite counts how often a defect took effect.
// Included by source files only, which the build then treats alone. docs/jepsen.md lists the names
// and who finds them.

#include <string_view>

#ifdef ENGRAM_PLANTED_DEFECTS
#include <atomic>
#include <cstdio>
#include <cstdlib>
#endif

namespace engram::base {

#ifdef ENGRAM_PLANTED_DEFECTS
inline bool planted(std::string_view defect) noexcept {
  static std::atomic<unsigned> times{0};
  const char* wanted = std::getenv("ENGRAM_PLANTED");
  if (wanted == nullptr || defect != wanted) return false;
  if (times++ < 100) std::fprintf(stderr, "planted defect took effect: %s\n", wanted);
  return true;
}
#else
constexpr bool planted(std::string_view) noexcept { return false; }
#endif

} // namespace engram::base

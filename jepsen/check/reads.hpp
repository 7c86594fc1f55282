#pragma once
// Internal to the checkers: reads of a set, ready to be searched. Pure values; they point into the
// history they were made from.

#include "jepsen/history/op.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace engram::jepsen {

using element = std::int64_t;

struct set_read {
  operation at;
  std::vector<element> found; // ascending
  bool is_final = false;

  bool has(element wanted) const { return std::binary_search(found.begin(), found.end(), wanted); }
};

std::vector<element> elements_of(const json& list);

/// Those that succeeded, by when they began.
std::vector<set_read> set_reads(const history& of);

/// When the last "healed" was said; none: a time after everything.
std::chrono::nanoseconds healed_at(const history& of);

} // namespace engram::jepsen

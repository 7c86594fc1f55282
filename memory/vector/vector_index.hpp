#pragma once
// Nearest memories by cosine, behind one interface: exact_index scans every row; an approximate
// index answers the same question through it. Invariant: an answer is a function of (visible rows,
// query, k, order of ids): never of layout, thread count or SIMD target. Cosine = dot / (length *
// length) in double, from integers, kept as q32.

#include "base/result.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace engram::memory {

struct vector_hit {
  base::q32 cosine; // in [-1, 1]
  std::uint32_t ordinal = 0;
  friend bool operator==(const vector_hit&, const vector_hit&) = default;
};

/// What may be returned, and which of two equally near memories comes first. Both are asked only
/// for rows near enough to be returned, so they may be slow.
struct search_rules {
  std::function<bool(std::uint32_t ordinal)> visible;                  // empty: all are
  std::function<bool(std::uint32_t left, std::uint32_t right)> before; // empty: smaller ordinal
};

class vector_index {
public:
  virtual ~vector_index() = default;
  /// The k nearest visible memories, nearest first; fewer when there are fewer. A query that is all
  /// zeros points nowhere and finds nothing. errc::wrong_dimension when its size is not the
  /// index's.
  virtual base::result<std::vector<vector_hit>> search(const embedding& query, std::size_t k,
                                                       const search_rules& rules) const = 0;
};

} // namespace engram::memory

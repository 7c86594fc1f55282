#pragma once
// The k best hits of a scan. Order: greater cosine first, then search_rules::before. Because that
// is a total order, the same hits are kept whatever the order of offers, and parts can be merged.
// Thread: one.

#include "memory/vector/vector_index.hpp"

#include <limits>
#include <vector>

namespace engram::memory {

class top_hits {
public:
  /// `rules` must outlive this.
  top_hits(std::size_t k, const search_rules& rules);

  /// No hit with a smaller cosine is kept any more.
  base::q32 bar() const noexcept { return bar_; }
  void offer(vector_hit hit);
  void merge(top_hits&& other);
  /// Best first.
  std::vector<vector_hit> take() &&;

private:
  bool better(const vector_hit& a, const vector_hit& b) const;
  void keep(vector_hit hit);

  std::size_t k_;
  const search_rules* rules_;
  std::vector<vector_hit> heap_; // worst in front
  base::q32 bar_{std::numeric_limits<std::int64_t>::min()};
};

} // namespace engram::memory

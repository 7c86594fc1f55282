#pragma once
// Exact nearest neighbours: every row of every block is read once, as fast as memory gives it. The
// dot products are integers (dot_kernel), so that every SIMD target finds the same.
// Thread: const, any. A scan can be cut into parts for several threads; the answer stays the same.

#include "memory/vector/top_hits.hpp"
#include "memory/vector/vector_block.hpp"
#include "memory/vector/vector_index.hpp"

#include <memory>
#include <span>
#include <vector>

namespace engram::memory {

/// A query made ready for scanning rows of one stride.
class scan_query {
public:
  explicit scan_query(const embedding& query);
  scan_query(const scan_query&) = delete;
  scan_query& operator=(const scan_query&) = delete;

  std::uint32_t dimension() const noexcept { return dimension_; }
  const std::int16_t* lanes() const noexcept { return lanes_; }
  double length() const noexcept { return length_; }
  bool points_nowhere() const noexcept { return length_ == 0; }

private:
  std::uint32_t dimension_;
  std::vector<std::int16_t> storage_;
  const std::int16_t* lanes_; // into storage_, 64-byte aligned, zero padded to the stride
  double length_;
};

/// Offers rows [first, last) of `block` to `best`. Requires: equal dimensions, a query with
/// direction.
void scan_rows(const vector_block& block, std::size_t first, std::size_t last,
               const scan_query& query, top_hits& best);

class exact_index final : public vector_index {
public:
  /// A block inside a segment: std::shared_ptr<const vector_block>(segment, &segment->vectors).
  using blocks = std::vector<std::shared_ptr<const vector_block>>;

  exact_index(std::uint32_t dimension, blocks parts);

  std::size_t rows() const noexcept { return rows_; }
  base::result<std::vector<vector_hit>> search(const embedding& query, std::size_t k,
                                               const search_rules& rules) const override;
  /// One of `parts` equal shares of the rows, for a thread of its own; join with top_hits::merge.
  void search_part(const scan_query& query, std::size_t part, std::size_t parts,
                   top_hits& best) const;

private:
  std::uint32_t dimension_;
  blocks blocks_;
  std::size_t rows_ = 0;
};

} // namespace engram::memory

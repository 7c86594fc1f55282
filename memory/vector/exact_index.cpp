#include "memory/vector/exact_index.hpp"

#include "base/check.hpp"
#include "memory/vector/dot_kernel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>

namespace engram::memory {

namespace {

/// Dot products that are computed before any is looked at: the kernel runs undisturbed.
constexpr std::size_t rows_at_once = 256;

/// Wider than what rounding to q32 and to double can move a cosine.
constexpr double rounding_slack = 1.0 / 2147483648.0;

} // namespace

scan_query::scan_query(const embedding& query)
    : dimension_(static_cast<std::uint32_t>(query.values.size())),
      storage_(vector_block::stride_of(dimension_) + 32, 0) {
  void* start = storage_.data();
  std::size_t space = storage_.size() * sizeof(std::int16_t);
  auto* lanes = static_cast<std::int16_t*>(
      std::align(64, space - 64, start, space)); // 32 spare lanes: always fits
  std::int64_t squares = 0;
  for (std::size_t i = 0; i < dimension_; ++i) {
    lanes[i] = query.values[i];
    squares += query.values[i] * query.values[i];
  }
  lanes_ = lanes;
  length_ = std::sqrt(static_cast<double>(squares));
}

void scan_rows(const vector_block& block, std::size_t first, std::size_t last,
               const scan_query& query, top_hits& best) {
  CHECK(block.dimension() == query.dimension(), block.dimension(), query.dimension());
  std::array<std::int32_t, rows_at_once> dots;
  for (std::size_t from = first; from < last; from += rows_at_once) {
    const std::size_t count = std::min(rows_at_once, last - from);
    dot_rows(query.lanes(), block.data(from), block.stride(), count, dots.data());
    for (std::size_t i = 0; i < count; ++i) {
      const double dot = dots[i];
      const double lengths = query.length() * block.length(from + i);
      if (dot < (best.bar().to_double() - rounding_slack) * lengths) continue;
      best.offer({base::q32::from(dot / lengths), block.ordinal(from + i)});
    }
  }
}

exact_index::exact_index(std::uint32_t dimension, blocks parts)
    : dimension_(dimension), blocks_(std::move(parts)) {
  for (const auto& block : blocks_) {
    CHECK(block->dimension() == dimension_, block->dimension(), dimension_);
    rows_ += block->rows();
  }
}

base::result<std::vector<vector_hit>> exact_index::search(const embedding& query, std::size_t k,
                                                          const search_rules& rules) const {
  if (query.values.size() != dimension_)
    return {base::errc::wrong_dimension, "given=" + std::to_string(query.values.size()) +
                                             " expected=" + std::to_string(dimension_)};
  top_hits best(k, rules);
  search_part(scan_query(query), 0, 1, best);
  return std::move(best).take();
}

void exact_index::search_part(const scan_query& query, std::size_t part, std::size_t parts,
                              top_hits& best) const {
  if (query.points_nowhere()) return;
  const std::size_t begin = rows_ * part / parts;
  const std::size_t end = rows_ * (part + 1) / parts;
  std::size_t start = 0; // of the block, among all rows
  for (const auto& block : blocks_) {
    const std::size_t first = std::max(begin, start);
    const std::size_t last = std::min(end, start + block->rows());
    if (first < last) scan_rows(*block, first - start, last - start, query, best);
    start += block->rows();
  }
}

} // namespace engram::memory

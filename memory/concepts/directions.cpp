#include "memory/concepts/directions.hpp"

#include "base/check.hpp"
#include "memory/concepts/concept.hpp"
#include "memory/vector/dot_kernel.hpp"
#include "memory/vector/vector_block.hpp"

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace engram::memory {
namespace {

double length_of(std::span<const std::int8_t> values) {
  std::int64_t squares = 0;
  for (const std::int8_t value : values) squares += value * value;
  return std::sqrt(static_cast<double>(squares));
}

std::uint32_t in_65536ths(double share) {
  return static_cast<std::uint32_t>(std::min(share, 1.0) * 65536);
}

} // namespace

template <class Sum>
std::vector<std::int8_t> direction_of(std::span<const Sum> sums) {
  Sum greatest = 0;
  for (const Sum sum : sums) greatest = std::max(greatest, sum < 0 ? -sum : sum);
  std::vector<std::int8_t> out(sums.size(), 0);
  if (greatest == 0) return out;
  const double scale = 127 / static_cast<double>(greatest);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double exact = static_cast<double>(sums[i]) * scale; // in [-127, 127]
    out[i] = static_cast<std::int8_t>(static_cast<int>(exact + 128.5) - 128);
  }
  return out;
}

template std::vector<std::int8_t> direction_of(std::span<const std::int32_t>);
template std::vector<std::int8_t> direction_of(std::span<const std::int64_t>);

struct directions::buffers {
  hwy::AlignedFreeUniquePtr<std::int8_t[]> rows;
};

directions::directions(std::uint32_t dimension, std::size_t capacity)
    : dimension_(dimension), stride_(vector_block::stride_of(dimension)),
      buffers_(std::make_unique<buffers>()) {
  CHECK(dimension <= vector_dimension_max, dimension);
  buffers_->rows = hwy::AllocateAligned<std::int8_t>(std::max<std::size_t>(64, capacity * stride_));
  CHECK(buffers_->rows != nullptr, capacity, stride_);
  inverse_lengths_.reserve(capacity);
}

directions::~directions() = default;

void directions::add(std::span<const std::int8_t> values) { add(values, length_of(values)); }

void directions::add(std::span<const std::int8_t> values, double length) {
  CHECK(values.size() == dimension_, values.size(), dimension_);
  CHECK(size() < inverse_lengths_.capacity(), size());
  std::int8_t* row = buffers_->rows.get() + size() * stride_;
  std::memcpy(row, values.data(), dimension_);
  std::memset(row + dimension_, 0, stride_ - dimension_);
  inverse_lengths_.push_back(length > 0 ? 1 / length : 0);
}

std::vector<std::int32_t> directions::compare() const {
  const std::size_t n = size();
  std::vector<std::int32_t> cosines(n * n, 0);
  const auto lanes = hwy::AllocateAligned<std::int16_t>(std::max<std::size_t>(64, stride_));
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const std::int8_t* row = buffers_->rows.get() + i * stride_;
    std::copy_n(row, stride_, lanes.get());
    std::int32_t* out = cosines.data() + i * n + i + 1;
    dot_rows(lanes.get(), row + stride_, stride_, n - i - 1, out);
    const double scale = inverse_lengths_[i] * 65536;
    for (std::size_t j = 0; j < n - i - 1; ++j)
      out[j] = static_cast<std::int32_t>(out[j] * scale * inverse_lengths_[i + 1 + j]);
  }
  return cosines;
}

directions::mean directions::mean_of(std::span<const std::uint32_t> which) const {
  // A row of length one counts 2^21, so that LEAF_MAX of them fit. Products of 16 bits, because
  // every SIMD target has them; what came through acceptance is no shorter than 127.
  constexpr double unit = 1 << 21;
  std::vector<std::int32_t> sums(dimension_, 0);
  for (const std::uint32_t one : which) {
    const std::int8_t* row = buffers_->rows.get() + one * stride_;
    const double exact = inverse_lengths_[one] * unit + 0.5;
    const auto weight = static_cast<std::int16_t>(std::min(exact, 32'767.0));
    for (std::size_t j = 0; j < dimension_; ++j)
      sums[j] += static_cast<std::int16_t>(row[j]) * weight;
  }
  std::int64_t squares = 0; // of a sum that is at most 2^29 long
  for (const std::int32_t sum : sums) squares += std::int64_t{sum} * sum;
  const double whole = unit * static_cast<double>(which.size());
  return {direction_of(std::span<const std::int32_t>(sums)),
          in_65536ths(std::sqrt(static_cast<double>(squares)) / whole)};
}

directions::mean directions::mean_of(std::span<const std::uint32_t> which,
                                     std::span<const double> weights, std::uint32_t members) const {
  constexpr double unit = 1 << 30; // 2^32 members fit
  std::vector<std::int64_t> sums(dimension_, 0);
  for (std::size_t k = 0; k < which.size(); ++k) {
    const std::int8_t* row = buffers_->rows.get() + which[k] * stride_;
    const double scale = inverse_lengths_[which[k]] * unit;
    const auto weight = static_cast<std::int64_t>(weights[k] * scale + 0.5);
    for (std::size_t j = 0; j < dimension_; ++j) sums[j] += row[j] * weight;
  }
  double squares = 0;
  for (const std::int64_t sum : sums)
    squares += static_cast<double>(sum) * static_cast<double>(sum);
  return {direction_of(std::span<const std::int64_t>(sums)),
          in_65536ths(std::sqrt(squares) / (unit * members))};
}

} // namespace engram::memory

#include "memory/vector/vector_block.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

namespace engram::memory {

namespace {

constexpr std::align_val_t row_alignment{64};

/// Requires: at most vector_dimension_max values, so that the sum is exact in int64 and in double.
double length_of(std::span<const std::int8_t> values) {
  std::int64_t squares = 0;
  for (const std::int8_t value : values) squares += value * value;
  return std::sqrt(static_cast<double>(squares));
}

} // namespace

void vector_block::release::operator()(std::int8_t* bytes) const noexcept {
  ::operator delete(bytes, row_alignment);
}

vector_block::vector_block(std::uint32_t dimension)
    : dimension_(dimension), stride_(stride_of(dimension)) {
  CHECK(dimension <= vector_dimension_max, dimension);
}

vector_block::vector_block(std::uint32_t dimension, std::span<const item> items)
    : vector_block(dimension) {
  std::vector<std::pair<const item*, double>> pointing; // those that point somewhere
  pointing.reserve(items.size());
  for (const item& one : items) {
    CHECK(one.vector->values.size() == dimension, one.vector->values.size(), dimension);
    if (const double length = length_of(one.vector->values); length > 0)
      pointing.emplace_back(&one, length);
  }
  allocate(pointing.size());
  for (const auto& [one, length] : pointing) {
    CHECK(ordinals_.empty() || ordinals_.back() < one->ordinal, one->ordinal);
    std::int8_t* row = data_.get() + rows() * stride_;
    std::memcpy(row, one->vector->values.data(), dimension_);
    std::memset(row + dimension_, 0, stride_ - dimension_);
    ordinals_.push_back(one->ordinal);
    lengths_.push_back(length);
  }
}

vector_block vector_block::concatenate(std::span<const vector_block* const> parts) {
  vector_block all(parts.empty() ? 0 : parts.front()->dimension_);
  std::size_t rows = 0;
  for (const vector_block* part : parts) rows += part->rows();
  all.allocate(rows);
  for (const vector_block* part : parts) {
    CHECK(part->dimension_ == all.dimension_, part->dimension_, all.dimension_);
    if (part->empty()) continue;
    CHECK(all.empty() || all.ordinals_.back() < part->ordinals_.front(), part->ordinals_.front());
    std::memcpy(all.data_.get() + all.rows() * all.stride_, part->data_.get(),
                part->rows() * part->stride_);
    all.ordinals_.insert(all.ordinals_.end(), part->ordinals_.begin(), part->ordinals_.end());
    all.lengths_.insert(all.lengths_.end(), part->lengths_.begin(), part->lengths_.end());
  }
  return all;
}

void vector_block::allocate(std::size_t rows) {
  if (rows == 0) return;
  data_.reset(static_cast<std::int8_t*>(::operator new(rows* stride_, row_alignment)));
  ordinals_.reserve(rows);
  lengths_.reserve(rows);
}

std::size_t vector_block::memory_bytes() const noexcept {
  return sizeof(*this) + rows() * stride_ + ordinals_.capacity() * sizeof(std::uint32_t) +
         lengths_.capacity() * sizeof(double);
}

std::optional<std::size_t> vector_block::row_of(std::uint32_t ordinal) const noexcept {
  const auto found = std::lower_bound(ordinals_.begin(), ordinals_.end(), ordinal);
  if (found == ordinals_.end() || *found != ordinal) return std::nullopt;
  return static_cast<std::size_t>(found - ordinals_.begin());
}

} // namespace engram::memory

#pragma once
// The int8 embeddings of one segment, laid out for scanning: rows of equal stride, one after the
// other, 64-byte aligned, zero padded. Memories without an embedding (or with one that is all zeros
// and so points nowhere) have no row. Immutable once made; read by any thread.
// Invariant: ordinals ascend strictly; merging neighbouring segments keeps them.

#include "memory/types.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace engram::memory {

/// Longest embedding: keeps every dot product of int8 rows far inside int32.
inline constexpr std::uint32_t vector_dimension_max = 65'536;

class vector_block {
public:
  struct item {
    std::uint32_t ordinal = 0;
    const embedding* vector = nullptr;
  };

  /// An empty block.
  explicit vector_block(std::uint32_t dimension = 0);
  /// Requires: ascending ordinals, every vector of `dimension` values (checked at acceptance).
  vector_block(std::uint32_t dimension, std::span<const item> items);
  /// The rows of all parts in their order. Requires: equal dimensions, ascending ordinals
  /// throughout.
  static vector_block concatenate(std::span<const vector_block* const> parts);

  std::uint32_t dimension() const noexcept { return dimension_; }
  std::size_t rows() const noexcept { return ordinals_.size(); }
  bool empty() const noexcept { return ordinals_.empty(); }
  std::size_t memory_bytes() const noexcept;

  std::uint32_t ordinal(std::size_t row) const noexcept { return ordinals_[row]; }
  std::span<const std::int8_t> values(std::size_t row) const noexcept {
    return {data_.get() + row * stride_, dimension_};
  }
  std::optional<std::size_t> row_of(std::uint32_t ordinal) const noexcept;

  // -- for scans --
  const std::int8_t* data(std::size_t row) const noexcept { return data_.get() + row * stride_; }
  /// Bytes from one row to the next; a multiple of 64.
  std::size_t stride() const noexcept { return stride_; }
  /// Square root of the sum of squares of a row; greater than 0.
  double length(std::size_t row) const noexcept { return lengths_[row]; }
  static std::size_t stride_of(std::uint32_t dimension) noexcept {
    return (dimension + 63ull) & ~63ull;
  }

private:
  struct release {
    void operator()(std::int8_t* bytes) const noexcept;
  };

  void allocate(std::size_t rows);

  std::uint32_t dimension_ = 0;
  std::size_t stride_ = 0;
  std::vector<std::uint32_t> ordinals_;
  std::vector<double> lengths_;
  std::unique_ptr<std::int8_t[], release> data_;
};

} // namespace engram::memory

#pragma once
// A few hundred int8 directions side by side: their cosines with each other and their mean. Exact:
// dot products and sums are integers, roots and divisions are single ones. Pure.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace engram::memory {

/// The direction of a sum: its largest part becomes 127 or -127; all zeros for zero.
template <class Sum>
std::vector<std::int8_t> direction_of(std::span<const Sum> sums);
extern template std::vector<std::int8_t> direction_of(std::span<const std::int32_t>);
extern template std::vector<std::int8_t> direction_of(std::span<const std::int64_t>);

class directions {
public:
  /// Requires: dimension <= vector_dimension_max.
  directions(std::uint32_t dimension, std::size_t capacity);
  ~directions();
  directions(const directions&) = delete;
  directions& operator=(const directions&) = delete;

  /// Requires: room left, `values` of the dimension and of this length.
  void add(std::span<const std::int8_t> values, double length);
  void add(std::span<const std::int8_t> values);
  std::size_t size() const noexcept { return inverse_lengths_.size(); }

  /// [i * size() + j] for i < j: cosine in 1/65536; the rest is 0. One that points nowhere is like
  /// nothing.
  std::vector<std::int32_t> compare() const;

  struct mean {
    std::vector<std::int8_t> direction;
    std::uint32_t coherence = 0; // length of the mean of unit vectors, in 1/65536
  };
  /// Of those. Requires: at most 256.
  mean mean_of(std::span<const std::uint32_t> which) const;
  /// Of so many members: sum of weights[k] * direction which[k] of length one, over `members`.
  mean mean_of(std::span<const std::uint32_t> which, std::span<const double> weights,
               std::uint32_t members) const;

private:
  struct buffers;
  std::uint32_t dimension_;
  std::size_t stride_;
  std::vector<double> inverse_lengths_; // 0: points nowhere
  std::unique_ptr<buffers> buffers_;
};

} // namespace engram::memory

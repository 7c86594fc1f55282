#pragma once
// Embeddings as int8, x_i ~ values[i] * scale. The result is part of the content hash, so it is
// made from float32 comparison and division alone, with rounding written by hand: the same input
// gives the same bits on every compiler, CPU and libm.
//
// Invariant of what quantise() returns: every value is in [-127, 127]; either some |value| is 127
// and the scale is a normal float, or all values and the scale are 0 (a vector without direction).

#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace engram::base {

struct quantised {
  std::vector<std::int8_t> values;
  float scale = 0;
  friend bool operator==(const quantised&, const quantised&) = default;
};

/// scale = max|x| / 127, value = round-half-even(x / scale). errc::not_finite names the position of
/// the first NaN or infinity. A vector too small for a normal scale (max|x| below about 1.5e-36) is
/// the zero vector: subnormal scales would round differently where they are flushed.
result<quantised> quantise(std::span<const float> x);

/// values[i] * scale. Quantising this again gives `q` back, bit for bit, if q came from quantise().
std::vector<float> dequantise(const quantised& q);

/// Whether bytes from outside keep the invariant above; errc::invalid_argument or errc::not_finite
/// says what is wrong. An empty vector is fine.
result<void> check_quantised(const quantised& q);

} // namespace engram::base

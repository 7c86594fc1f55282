#include "base/quantise.hpp"

#include <cfloat>
#include <limits>
#include <string>

namespace engram::base {

static_assert(FLT_EVAL_METHOD == 0 && std::numeric_limits<float>::is_iec559,
              "float must be computed as float32, or the bits differ");

namespace {

constexpr float value_max = 127.0f;
constexpr float scale_min = std::numeric_limits<float>::min(); // smallest normal
constexpr float float_max = std::numeric_limits<float>::max();

bool is_finite(float x) noexcept { return x - x == 0.0f; } // infinity and NaN give NaN

float magnitude(float x) noexcept { return x < 0.0f ? -x : x; }

/// Requires: |x| < 2^23. std::nearbyint would ask the caller's rounding mode.
int round_half_even(float x) noexcept {
  const int whole = static_cast<int>(x);
  const float rest = magnitude(x - static_cast<float>(whole)); // exact
  const bool away = rest > 0.5f || (rest == 0.5f && (whole & 1) != 0);
  if (!away) return whole;
  return x < 0.0f ? whole - 1 : whole + 1;
}

} // namespace

result<quantised> quantise(std::span<const float> x) {
  float largest = 0.0f;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!is_finite(x[i])) return {errc::not_finite, "position=" + std::to_string(i)};
    const float size = magnitude(x[i]);
    if (size > largest) largest = size;
  }

  quantised out{std::vector<std::int8_t>(x.size(), 0), largest / value_max};
  if (out.scale < scale_min) {
    out.scale = 0.0f;
    return out;
  }
  // |x| <= largest, so the quotient is at most 127 (1 + 2^-23) and never rounds to 128.
  for (std::size_t i = 0; i < x.size(); ++i)
    out.values[i] = static_cast<std::int8_t>(round_half_even(x[i] / out.scale));
  return out;
}

std::vector<float> dequantise(const quantised& q) {
  std::vector<float> out(q.values.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    // 127 * (max / 127) may round up past the largest float.
    const float x = static_cast<float>(q.values[i]) * q.scale;
    out[i] = x > float_max ? float_max : x < -float_max ? -float_max : x;
  }
  return out;
}

result<void> check_quantised(const quantised& q) {
  if (!is_finite(q.scale)) return {errc::not_finite, "embedding scale"};
  int largest = 0;
  for (std::size_t i = 0; i < q.values.size(); ++i) {
    const int size = q.values[i] < 0 ? -q.values[i] : q.values[i];
    if (size > 127)
      return {errc::invalid_argument, "embedding value -128 at position=" + std::to_string(i)};
    if (size > largest) largest = size;
  }
  if (largest == 0 && q.scale == 0.0f) return success();
  if (largest != 127)
    return {errc::invalid_argument,
            "embedding's largest value is " + std::to_string(largest) + ", not 127"};
  if (q.scale < scale_min)
    return {errc::invalid_argument, "embedding scale is not a normal positive number"};
  return success();
}

} // namespace engram::base

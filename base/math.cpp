#include "base/math.hpp"

#include "base/check.hpp"

#include <bit>
#include <limits>

namespace engram::base {

namespace {

__extension__ using int128 = __int128;

constexpr double LOG2_E = 0x1.71547652b82fep+0;
constexpr double LN2 = 0x1.62e42fefa39efp-1;
// ln 2 in two parts; the first has 32 bits, so a product with an exponent is exact.
constexpr double LN2_HIGH = 0x1.62e42feep-1;
constexpr double LN2_LOW = 0x1.a39ef35793c76p-33;
constexpr double SQRT_2 = 0x1.6a09e667f3bcdp+0;
constexpr double LARGEST = std::numeric_limits<double>::max();

struct parts {
  double mantissa; // in [sqrt(1/2), sqrt(2))
  double exponent; // x = mantissa * 2^exponent
};

parts split(double x) noexcept {
  int exponent = 0;
  if (x < 0x1.0p-1022) { // subnormal
    x *= 0x1.0p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> 52) - 1023;
  double mantissa = std::bit_cast<double>((bits & 0xFFFFFFFFFFFFFull) | 0x3FF0000000000000ull);
  if (mantissa >= SQRT_2) {
    mantissa *= 0.5;
    ++exponent;
  }
  return {mantissa, static_cast<double>(exponent)};
}

/// ln of a mantissa: 2 atanh(f) with f = (m - 1) / (m + 1), |f| < 0.1716, as its Taylor series.
double log_mantissa(double m) noexcept {
  const double f = (m - 1) / (m + 1);
  const double s = f * f;
  double sum = 1.0 / 23;
  for (int k = 21; k >= 3; k -= 2) sum = sum * s + 1.0 / k;
  return 2 * f + 2 * f * s * sum;
}

/// e^t for |t| <= 0.35, as its Taylor series in Horner's order.
double exp_small(double t) noexcept {
  double sum = 1;
  for (int k = 14; k >= 1; --k) sum = 1 + sum * t / k;
  return sum;
}

/// x * 2^n by two multiplications, so that neither factor leaves the range of normal numbers.
double scale(double x, int n) noexcept {
  const auto power = [](int e) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52);
  };
  const int half = n / 2;
  return x * power(half) * power(n - half);
}

/// Round half to even. Requires: |x| < 2^51.
double round_even(double x) noexcept { return (x + 0x1.8p52) - 0x1.8p52; }

q32 saturate(int128 raw) noexcept {
  constexpr std::int64_t low = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t high = std::numeric_limits<std::int64_t>::max();
  if (raw > high) return {high};
  if (raw < low) return {low};
  return {static_cast<std::int64_t>(raw)};
}

} // namespace

double log2(double x) {
  CHECK(x > 0 && x <= LARGEST, x);
  const parts p = split(x);
  return p.exponent + log_mantissa(p.mantissa) * LOG2_E;
}

double log(double x) {
  CHECK(x > 0 && x <= LARGEST, x);
  const parts p = split(x);
  return p.exponent * LN2_HIGH + (log_mantissa(p.mantissa) + p.exponent * LN2_LOW);
}

double exp2(double x) {
  if (x >= 1024) return LARGEST;
  if (x < -1075) return 0;
  if (x != x) return x;
  const double n = round_even(x);
  return scale(exp_small((x - n) * LN2), static_cast<int>(n));
}

double exp(double x) {
  if (x >= 0x1.62e42fefa39fp+9) return LARGEST; // 1024 ln 2
  if (x < -746) return 0;
  if (x != x) return x;
  const double n = round_even(x * LOG2_E);
  return scale(exp_small((x - n * LN2_HIGH) - n * LN2_LOW), static_cast<int>(n));
}

double pow(double x, double y) {
  CHECK(x >= 0, x);
  if (y == 0 || x == 1) return 1;
  if (x == 0) return y > 0 ? 0 : LARGEST;
  if (x > LARGEST) return y > 0 ? LARGEST : 0;
  return exp2(y * log2(x));
}

q32 q32::from_large(double x) noexcept {
  if (x != x) return {};
  if (x >= 0x1.0p31) return {std::numeric_limits<std::int64_t>::max()};
  if (x <= -0x1.0p31) return {std::numeric_limits<std::int64_t>::min()};
  const double scaled = x * 0x1.0p32;
  if (scaled >= 0x1.0p52 || scaled <= -0x1.0p52) return {static_cast<std::int64_t>(scaled)};
  // Between 2^51 and 2^52 a double still has halves.
  const double offset = scaled > 0 ? 0x1.0p52 : -0x1.0p52;
  return {static_cast<std::int64_t>((scaled + offset) - offset)};
}

q32 operator*(q32 a, q32 b) noexcept { return saturate((int128{a.raw} * b.raw) >> 32); }

} // namespace engram::base

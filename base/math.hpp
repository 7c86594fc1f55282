#pragma once
// Transcendental functions that give the same bits everywhere: written with + - * / and sqrt only,
// in a fixed order, compiled without contraction. libm is not used because one binary gives other
// bits for log and pow when glibc may not use FMA. Absolute care was taken for order, not for the
// last bit: relative error is below 2e-15, of pow below 1e-14 while |y log2 x| <= 32 and below
// 5e-13 beyond (measured against long double in math_test).

#include <compare>
#include <cstdint>

namespace engram::base {

double log2(double x); // Requires: x > 0 and finite
double exp2(double x); // saturates to 0 and to the largest finite double
double log(double x);  // natural
double exp(double x);
double pow(double x, double y); // Requires: x >= 0; pow(0, y > 0) = 0, pow(x, 0) = 1

/// Fixed point for sums over sets: integer addition is associative, so no order can change a sum.
/// Q32.32, saturating at both ends.
struct q32 {
  std::int64_t raw = 0;

  /// Round half to even; NaN is 0.
  static q32 from(double x) noexcept {
    const double scaled = x * 0x1.0p32;
    if (!(scaled < 0x1.0p51 && scaled > -0x1.0p51)) return from_large(x);
    return {static_cast<std::int64_t>((scaled + 0x1.8p52) - 0x1.8p52)};
  }
  double to_double() const noexcept { return static_cast<double>(raw) / 4294967296.0; }
  friend auto operator<=>(const q32&, const q32&) = default;
  friend q32 operator+(q32 a, q32 b) noexcept {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(a.raw, b.raw, &sum)) return {sum};
    return {a.raw < 0 ? INT64_MIN : INT64_MAX};
  }
  q32& operator+=(q32 other) noexcept { return *this = *this + other; }
  /// (a * b) >> 32, truncated toward minus infinity.
  friend q32 operator*(q32 a, q32 b) noexcept;

private:
  static q32 from_large(double x) noexcept;
};

} // namespace engram::base

#include "base/math.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace engram::base {

namespace {

using big = long double;

big relative_error(double got, big wanted) {
  if (wanted == 0) return got == 0 ? 0 : 1;
  return std::fabs((big{got} - wanted) / wanted);
}

double any_positive(random& draw) {
  const int exponent = static_cast<int>(draw.below(2044)) - 1022; // drawn first on every compiler
  return std::ldexp(1 + draw.unit(), exponent);
}

double between(random& draw, double low, double high) { return low + draw.unit() * (high - low); }

} // namespace

TEST_SUITE_BEGIN("base");

TEST_CASE("logarithms are within 2e-15 of long double's, near one and over the whole range") {
  random draw{1};
  for (int i = 0; i < 50'000; ++i) {
    const double x = i % 2 == 0 ? any_positive(draw) : between(draw, 0.5, 2);
    CAPTURE(x);
    CHECK(relative_error(log2(x), std::log2(big{x})) < 2e-15L);
    CHECK(relative_error(log(x), std::log(big{x})) < 2e-15L);
  }
}

TEST_CASE("exponentials are within 2e-15 of long double's where the result is a normal number") {
  random draw{2};
  for (int i = 0; i < 50'000; ++i) {
    const double y = between(draw, -1022, 1024), z = between(draw, -708, 709);
    CAPTURE(y);
    CHECK(relative_error(exp2(y), std::exp2(big{y})) < 2e-15L);
    CHECK(relative_error(exp(z), std::exp(big{z})) < 2e-15L);
  }
}

TEST_CASE("powers are within 1e-14 up to 2^32 and within 5e-13 beyond") {
  random draw{3};
  for (int i = 0; i < 50'000; ++i) {
    const double x = any_positive(draw);
    const double y = between(draw, -32, 32) / std::fabs(std::log2(x));
    const double far = y * 31;
    CHECK(relative_error(pow(x, y), std::pow(big{x}, big{y})) < 1e-14L);
    CHECK(relative_error(pow(x, far), std::pow(big{x}, big{far})) < 5e-13L);
  }
}

TEST_CASE("exact cases are exact") {
  for (int e = -1074; e <= 1023; ++e) CHECK(log2(std::ldexp(1.0, e)) == e);
  for (int e = -1074; e <= 1023; ++e) CHECK(exp2(e) == std::ldexp(1.0, e));
  CHECK(log(1) == 0);
  CHECK(exp(0) == 1);
  CHECK(pow(0, 2) == 0);
  CHECK(pow(0, 0) == 1);
  CHECK(pow(7, 0) == 1);
  CHECK(pow(1, 1e300) == 1);
  CHECK(pow(4, 0.5) == 2);
}

TEST_CASE("results beyond the range saturate instead of becoming infinite") {
  constexpr double largest = std::numeric_limits<double>::max();
  CHECK(exp2(1024) == largest);
  CHECK(exp2(-2000) == 0);
  CHECK(exp(1e6) == largest);
  CHECK(exp(-1e6) == 0);
  CHECK(pow(10, 400) == largest);
  CHECK(pow(10, -400) == 0);
}

TEST_CASE("the bits are the same on every machine") {
  const auto bits = [](double x) { return std::bit_cast<std::uint64_t>(x); };
  CHECK(bits(log2(3.0)) == bits(0x1.95c01a39fbd69p+0));
  CHECK(bits(log(10.0)) == bits(0x1.26bb1bbb55516p+1));
  CHECK(bits(exp2(0.3)) == bits(0x1.3b2c47bff8329p+0));
  CHECK(bits(exp(1.0)) == bits(0x1.5bf0a8b14576ap+1));
  CHECK(bits(pow(1.7, -0.35)) == bits(0x1.a9381bb8ba0f4p-1));

  // One number for many arguments: any changed bit anywhere changes it.
  random draw{4};
  std::uint64_t all = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double x = any_positive(draw), y = between(draw, -30, 30);
    all = all * 31 + bits(log2(x)) + bits(log(x)) + bits(exp2(y)) + bits(exp(y)) +
          bits(pow(x, y / 30));
  }
  CHECK(all == 17502852899771972633u);
}

TEST_CASE("fixed point rounds half to even and saturates") {
  constexpr double step = 1.0 / 4294967296.0;
  CHECK(q32::from(1).raw == std::int64_t{1} << 32);
  CHECK(q32::from(0.5 * step).raw == 0);
  CHECK(q32::from(1.5 * step).raw == 2);
  CHECK(q32::from(-1.5 * step).raw == -2);
  CHECK(q32::from(2.5 * step).raw == 2);
  CHECK(q32::from(-0.75).to_double() == -0.75);
  CHECK(q32::from(1e300).raw == std::numeric_limits<std::int64_t>::max());
  CHECK(q32::from(-1e300).raw == std::numeric_limits<std::int64_t>::min());
  CHECK(q32::from(std::nan("")).raw == 0);
}

TEST_CASE("rounding to fixed point agrees with long double's rounding at every magnitude") {
  random draw{5};
  for (int i = 0; i < 50'000; ++i) {
    const double x = std::ldexp(draw.unit() - 0.5, static_cast<int>(draw.below(66)) - 33);
    CAPTURE(x);
    CHECK(q32::from(x).raw == std::llrint(big{x} * 4294967296.0L));
  }
}

TEST_CASE("sums and products saturate at both ends") {
  const q32 most{std::numeric_limits<std::int64_t>::max()};
  const q32 least{std::numeric_limits<std::int64_t>::min()};
  CHECK(most + q32{1} == most);
  CHECK(least + q32{-1} == least);
  CHECK(most * most == most);
  CHECK(most * least == least);
  CHECK(q32::from(1.5) * q32::from(-2) == q32::from(-3));
  CHECK((q32{-1} * q32{1}).raw == -1); // toward minus infinity
}

TEST_CASE("the sum of a set is the same in every order and grouping") {
  random draw{6};
  std::vector<q32> items(1000);
  for (q32& item : items) item = q32::from(between(draw, -100, 100));
  q32 sum;
  for (const q32 item : items) sum += item;

  for (int round = 0; round < 20; ++round) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[draw.below(i)]);
    q32 halves[2];
    for (std::size_t i = 0; i < items.size(); ++i) halves[i % 2] += items[i];
    CHECK(halves[0] + halves[1] == sum);
  }
}

TEST_SUITE_END();

} // namespace engram::base

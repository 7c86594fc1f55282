// Laws of quantise on seeded random vectors; the failing seed is printed.
#include "base/quantise.hpp"

#include "tests/support/doctest.hpp"

#include <bit>
#include <cmath>
#include <random>

namespace engram::base {

namespace {

/// Finite floats of every magnitude, or of one narrow range, by turns.
std::vector<float> random_vector(std::mt19937_64& random) {
  const std::size_t size = random() % 70;
  const bool wild = random() % 2 == 0;
  std::vector<float> out(size);
  for (float& x : out) {
    if (wild) {
      do x = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
      while (!std::isfinite(x));
    } else {
      x = static_cast<float>(static_cast<std::int64_t>(random() % 2001) - 1000) / 64.0f;
    }
  }
  return out;
}

/// The definition in long double: exact quotient, ties to even.
int reference(float x, float scale) {
  const long double exact = static_cast<long double>(x) / static_cast<long double>(scale);
  const float rounded =
      static_cast<float>(exact); // 64 bits hold a float quotient's double rounding
  const float whole = std::floor(rounded);
  const float rest = rounded - whole;
  const bool odd = std::fmod(whole, 2.0f) != 0.0f;
  return static_cast<int>(whole) + ((rest > 0.5f || (rest == 0.5f && odd)) ? 1 : 0);
}

} // namespace

TEST_SUITE("base") {

  TEST_CASE("quantise obeys its definition, its invariant and its inverse on random vectors") {
    for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
      CAPTURE(seed);
      std::mt19937_64 random(seed);
      const std::vector<float> x = random_vector(random);
      const auto made = quantise(x);
      REQUIRE(made);
      REQUIRE(check_quantised(*made));
      REQUIRE_EQ(made->values.size(), x.size());
      if (made->scale == 0.0f) continue;
      for (std::size_t i = 0; i < x.size(); ++i)
        REQUIRE_EQ(made->values[i], reference(x[i], made->scale));
      const auto again = quantise(dequantise(*made));
      REQUIRE(again);
      REQUIRE_EQ(std::bit_cast<std::uint32_t>(again->scale),
                 std::bit_cast<std::uint32_t>(made->scale));
      REQUIRE_EQ(again->values, made->values);
    }
  }

  TEST_CASE("negating a vector negates its values and nothing else") {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
      CAPTURE(seed);
      std::mt19937_64 random(seed);
      std::vector<float> x = random_vector(random);
      const auto straight = quantise(x);
      for (float& value : x) value = -value;
      const auto mirrored = quantise(x);
      REQUIRE_EQ(straight->scale, mirrored->scale);
      for (std::size_t i = 0; i < x.size(); ++i)
        REQUIRE_EQ(straight->values[i], -mirrored->values[i]);
    }
  }

} // TEST_SUITE

} // namespace engram::base

#include "base/random.hpp"

#include "tests/support/doctest.hpp"

#include <array>

namespace engram::base {

TEST_SUITE_BEGIN("base");

TEST_CASE("a seed replays the same numbers on every machine") {
  random draw{42};
  CHECK(draw.next() == 0x15780b2e0c2ec716u);
  CHECK(draw.next() == 0x6104d9866d113a7eu);
  CHECK(draw.next() == 0xae17533239e499a1u);
  CHECK(random{1}.next() != random{2}.next());
}

TEST_CASE("numbers below a bound are below it and evenly spread") {
  random draw{1};
  std::array<int, 6> seen{};
  for (int i = 0; i < 60'000; ++i) ++seen[draw.below(6)];

  // Chi-squared with 5 degrees of freedom stays below 25.7 in 9,999 of 10,000 runs.
  double chi = 0;
  for (const int n : seen) chi += (n - 10'000.0) * (n - 10'000.0) / 10'000;
  CHECK(chi < 25.7);
}

TEST_CASE("large bounds are not biased toward their lower half") {
  // A plain modulus would give the lower third of this bound twice the share of the rest.
  const std::uint64_t bound = std::uint64_t{3} << 62;
  random draw{2};
  int lower = 0;
  for (int i = 0; i < 30'000; ++i) lower += draw.below(bound) < bound / 3 ? 1 : 0;

  CHECK(lower > 9'500);
  CHECK(lower < 10'500);
}

TEST_CASE("unit numbers lie in [0, 1) and average one half") {
  random draw{3};
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double x = draw.unit();
    REQUIRE((x >= 0 && x < 1));
    sum += x;
  }
  CHECK(sum / 10'000 == doctest::Approx(0.5).epsilon(0.02));
  CHECK_FALSE(random{1}.chance(0));
  CHECK(random{1}.chance(1));
}

TEST_SUITE_END();

} // namespace engram::base

#include "base/quantise.hpp"

#include "tests/support/doctest.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace engram::base {

using values = std::vector<std::int8_t>;

static quantised of(std::vector<float> x) {
  auto made = quantise(x);
  REQUIRE(made);
  return *made;
}

TEST_SUITE("base") {

  TEST_CASE("quantise keeps its golden bits") {
    const quantised q =
        of({0.1f, -0.2f, 0.3f, 3.14159274f, -2.71828175f, 1e-3f, 0.0123675633f, -0.0f});
    CHECK_EQ(q.values, values{4, -8, 12, 127, -110, 0, 0, 0});
    CHECK_EQ(std::bit_cast<std::uint32_t>(q.scale), 0x3CCAA525u);
    CHECK_EQ(std::bit_cast<std::uint32_t>(of({1.0f}).scale), 0x3C010204u);
    CHECK_EQ(std::bit_cast<std::uint32_t>(of({-1e30f, 7.0f}).scale), 0x6DCB89DEu);
  }

  TEST_CASE("halves round to the even neighbour on both sides") {
    // A largest value of 127 makes the scale exactly 1.
    CHECK_EQ(of({127, 0.5f, 1.5f, 2.5f, 3.5f, 125.5f, 126.5f}).values,
             values{127, 0, 2, 2, 4, 126, 126});
    CHECK_EQ(of({127, -0.5f, -1.5f, -2.5f, -3.5f, -125.5f, -126.5f}).values,
             values{127, 0, -2, -2, -4, -126, -126});
  }

  TEST_CASE("neighbours of a half round to the nearer side") {
    CHECK_EQ(of({127, std::nextafter(0.5f, 0.0f), std::nextafter(0.5f, 1.0f)}).values,
             values{127, 0, 1});
    CHECK_EQ(of({127, std::nextafter(-2.5f, 0.0f), std::nextafter(-2.5f, -3.0f)}).values,
             values{127, -2, -3});
  }

  TEST_CASE("a vector without direction is all zeros with scale zero") {
    const float tiny = std::numeric_limits<float>::denorm_min();
    const float small = std::numeric_limits<float>::min();
    for (const auto& x : std::vector<std::vector<float>>{
             {}, {0.0f, -0.0f}, {tiny, -tiny}, {small, 0.0f}, {126.0f * small, -small}}) {
      const quantised q = of(x);
      CHECK_EQ(q.values, values(x.size(), 0));
      CHECK_EQ(std::bit_cast<std::uint32_t>(q.scale), 0u);
      CHECK(check_quantised(q));
    }
  }

  TEST_CASE("the largest and the smallest magnitudes keep their direction") {
    const float most = std::numeric_limits<float>::max();
    CHECK_EQ(of({most, -most, most / 4}).values, values{127, -127, 32});
    CHECK_EQ(of(dequantise(of({most, -most}))), of({most, -most}));
    const float least = 127.0f * std::numeric_limits<float>::min();
    CHECK_EQ(of({least, -least, 0.0f}).values, values{127, -127, 0});
  }

  TEST_CASE("a NaN or an infinity is refused by position") {
    const float inf = std::numeric_limits<float>::infinity();
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (float bad : {inf, -inf, nan, -nan, std::numeric_limits<float>::signaling_NaN()}) {
      const auto refused = quantise(std::vector<float>{1.0f, 2.0f, bad, nan});
      REQUIRE_FALSE(refused);
      CHECK_EQ(refused.error().code, errc::not_finite);
      CHECK_EQ(refused.error().context, "position=2");
    }
  }

  TEST_CASE("embeddings from outside are checked against what quantise can return") {
    CHECK(check_quantised({{}, 0.0f}));
    CHECK(check_quantised({{127, -3}, 0.5f}));
    const auto code = [](const quantised& q) {
      const auto checked = check_quantised(q);
      return checked ? errc::ok : checked.error().code;
    };
    CHECK_EQ(code({{-128, 127}, 1.0f}), errc::invalid_argument);
    CHECK_EQ(code({{5, 3}, 1.0f}), errc::invalid_argument);
    CHECK_EQ(code({{127}, 0.0f}), errc::invalid_argument);
    CHECK_EQ(code({{127}, -1.0f}), errc::invalid_argument);
    CHECK_EQ(code({{127}, 1e-40f}), errc::invalid_argument);
    CHECK_EQ(code({{0, 0}, 1.0f}), errc::invalid_argument);
    CHECK_EQ(code({{127}, std::numeric_limits<float>::quiet_NaN()}), errc::not_finite);
    CHECK_EQ(code({{127}, std::numeric_limits<float>::infinity()}), errc::not_finite);
  }

} // TEST_SUITE

} // namespace engram::base

#include "memory/confidence.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

#include <limits>

namespace engram::memory {
namespace {

bool sound(const interval& i) {
  return 0 <= i.low && i.low <= i.point && i.point <= i.high && i.high <= 1;
}

interval random_interval(base::random& random) {
  const double point = random.unit();
  return with_uncertainty(point, random.unit());
}

TEST_SUITE("memory") {

  TEST_CASE("and, or, not of certain values are those of probability") {
    CHECK(both(certain(0.5), certain(0.4)).point == doctest::Approx(0.2));
    CHECK(either(certain(0.5), certain(0.4)).point == doctest::Approx(0.7));
    CHECK(opposite(certain(0.3)).point == doctest::Approx(0.7));
  }

  TEST_CASE("not changes the places of the ends") {
    const interval a = with_uncertainty(0.8, 0.1);
    CHECK(opposite(a).low == doctest::Approx(1 - a.high));
    CHECK(opposite(a).high == doctest::Approx(1 - a.low));
  }

  TEST_CASE("a base rate of one half changes nothing, a lower one lowers") {
    const interval a = with_uncertainty(0.7, 0.2);
    CHECK(with_base_rate(a, 0.5).point == doctest::Approx(0.7));
    CHECK(with_base_rate(a, 0.1).point < 0.7);
  }

  TEST_CASE("what one source says twice counts once, what two say counts twice") {
    const evidence a{1, 0.5}, weaker{1, 0.3}, b{2, 0.5};
    CHECK(combine(std::vector{a}) == doctest::Approx(0.5));
    CHECK(combine(std::vector{a, weaker, a}) == doctest::Approx(0.5));
    CHECK(combine(std::vector{a, b}) == doctest::Approx(0.75));
    CHECK(combine(std::vector<evidence>{}) == 0.0);
  }

  TEST_CASE("more trials make the interval narrower around the same point") {
    const interval few = wilson(0.6, 2), many = wilson(0.6, 50);
    CHECK(many.high - many.low < few.high - few.low);
    CHECK(wilson(0.6, 0).low == 0.0);
    CHECK(wilson(0.6, 0).high == 1.0);
    // Wilson (1927) for 8 of 10 at 90 %, worked by hand.
    CHECK(wilson(0.8, 10).low == doctest::Approx(0.541).epsilon(0.005));
    CHECK(wilson(0.8, 10).high == doctest::Approx(0.931).epsilon(0.005));
  }

  TEST_CASE("a hit is surer when it says more itself, is fresher, was surer when encoded") {
    hit_evidence e{0.9, 1.0, 0.5, 0.2, 4, 3};
    const double before = hit_confidence(e).point;
    hit_evidence more = e;
    more.first_hand = 0.8;
    CHECK(hit_confidence(more).point > before);
    hit_evidence faded = e;
    faded.retention = 0.3;
    CHECK(hit_confidence(faded).point < before);
    hit_evidence doubtful = e;
    doubtful.encoding = 0.4;
    CHECK(hit_confidence(doubtful).point < before);
    hit_evidence told = e;
    std::swap(told.first_hand, told.by_association);
    CHECK(hit_confidence(told).point < before);
  }

  TEST_CASE("more independent cues make a hit's interval narrower") {
    const interval one = hit_confidence({0.9, 1.0, 0.6, 0.0, 8, 1});
    const interval six = hit_confidence({0.9, 1.0, 0.6, 0.0, 8, 6});
    CHECK(one.point == six.point);
    CHECK(six.high - six.low < one.high - one.low);
  }

  TEST_CASE("every interval is ordered and within [0, 1], whatever went in") {
    base::random random(31);
    const double odd[] = {-1.0,
                          0.0,
                          0.5,
                          1.0,
                          7.0,
                          std::numeric_limits<double>::quiet_NaN(),
                          std::numeric_limits<double>::infinity()};
    const auto pick = [&] { return random.chance(0.2) ? odd[random.below(7)] : random.unit(); };
    for (int round = 0; round < 5000; ++round) {
      const interval a = random_interval(random), b = random_interval(random);
      CHECK(sound(both(a, b)));
      CHECK(sound(either(a, b)));
      CHECK(sound(opposite(a)));
      CHECK(sound(with_base_rate(a, pick())));
      CHECK(sound(with_uncertainty(pick(), pick())));
      CHECK(sound(wilson(pick(), pick() * 20)));
      hit_evidence e;
      e.encoding = pick();
      e.retention = pick();
      e.first_hand = pick();
      e.by_association = pick();
      e.cues = static_cast<std::uint32_t>(random.below(5));
      e.cues_matched = static_cast<std::uint32_t>(random.below(8));
      CHECK(sound(hit_confidence(e)));
    }
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory

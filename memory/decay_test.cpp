#include "memory/decay.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

constexpr std::int64_t hour = 3'600'000;

base::instant at_hours(double h) { return {static_cast<std::int64_t>(h * hour)}; }

decay_config with(decay_function f) {
  decay_config config;
  config.function = f;
  return config;
}

TEST_SUITE("memory") {

  TEST_CASE("the power law keeps (1 + t / 13 s)^-0.13 of a memory never recalled") {
    const auto config = with(decay_function::power_law);
    CHECK(retention(config, {0}, {}, at_hours(0)) == 1.0);
    CHECK(retention(config, {0}, {}, {13'000}) == doctest::Approx(0.913831));
    CHECK(retention(config, {0}, {}, {999 * 13'000}) == doctest::Approx(0.407380));
  }

  TEST_CASE("the other curves keep what their formulas say") {
    CHECK(retention(with(decay_function::none), {0}, {}, at_hours(1e6)) == 1.0);
    CHECK(retention(with(decay_function::exponential), {0}, {}, at_hours(1.96)) ==
          doctest::Approx(0.367879));
    const auto hybrid = with(decay_function::hybrid);
    CHECK(retention(hybrid, {0}, {}, at_hours(0.8)) == doctest::Approx(0.367879));
    CHECK(retention(hybrid, {0}, {}, at_hours(255)) == doctest::Approx(0.25));
    const auto two = with(decay_function::two_component);
    CHECK(retention(two, {0}, {}, at_hours(1.96)) == doctest::Approx(0.367879));
  }

  TEST_CASE("rehearsed three times a memory leaves the fast curve of two_component") {
    const auto two = with(decay_function::two_component);
    access_record record;
    for (std::int64_t i = 1; i <= 2; ++i)
      record.add({i * 1000}, {static_cast<std::uint64_t>(i), 0});
    CHECK(retention(two, {0}, record, at_hours(48)) < 1e-6);
    record.add({3000}, {3, 0});
    CHECK(retention(two, {0}, record, at_hours(48)) > 0.4);
  }

  TEST_CASE("an access strengthens what follows it and nothing before it") {
    const decay_config config;
    access_record record;
    record.add(at_hours(10), {1, 1});
    CHECK(retention(config, {0}, record, at_hours(9)) == retention(config, {0}, {}, at_hours(9)));
    CHECK(retention(config, {0}, record, at_hours(11)) > retention(config, {0}, {}, at_hours(11)));
  }

  TEST_CASE("retention stays within [floor, 1], falls with time, never falls by a new access") {
    base::random random(20260901);
    for (int round = 0; round < 2000; ++round) {
      CAPTURE(round);
      decay_config config;
      config.function = static_cast<decay_function>(random.below(4));
      config.floor = random.chance(0.3) ? random.unit() * 0.3 : 0.0;
      const base::instant encoded{static_cast<std::int64_t>(random.below(1'000'000'000'000))};
      const base::instant now{encoded.ms + static_cast<std::int64_t>(random.below(1000 * hour))};
      access_record record;
      double before = retention(config, encoded, record, now);
      std::int64_t last = encoded.ms;
      for (int i = 0; i < 12; ++i) {
        last += static_cast<std::int64_t>(random.below(200 * hour));
        record.add({last}, random.hash());
        const double after = retention(config, encoded, record, now);
        CHECK(after >= config.floor);
        CHECK(after <= 1.0);
        if (record.count <= access_record::newest_max) CHECK(after >= before);
        before = after;
      }
      if (config.function != decay_function::hybrid) // it steps up where its curves meet
        CHECK(retention(config, encoded, {}, {now.ms + hour}) <=
              retention(config, encoded, {}, now));
    }
  }

  TEST_CASE("extreme instants do not overflow") {
    const decay_config config;
    const base::instant first{INT64_MIN}, last{INT64_MAX};
    CHECK(retention(config, first, {}, last) > 0.0);
    CHECK(retention(config, last, {}, first) == 1.0);
  }

  TEST_CASE("every decay function has a name that is read back") {
    for (const auto f :
         {decay_function::none, decay_function::power_law, decay_function::exponential,
          decay_function::hybrid, decay_function::two_component})
      CHECK(parse_decay_function(to_string(f)) == f);
    CHECK_FALSE(parse_decay_function("linear"));
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory

#include "actors/core/staleness.hpp"

#include "tests/support/doctest.hpp"

namespace engram::actors {
namespace {
constexpr base::instant NOW{10'000'000};
}

TEST_SUITE_BEGIN("actors");

TEST_CASE("a copy that was sure a moment ago is up to date, and so is one without others") {
  CHECK(staleness(NOW, NOW) == base::duration{0});
  CHECK(staleness(NOW - fresh_for, NOW) == base::duration{0});
  CHECK(staleness(always_sure, NOW) == base::duration{0});
}

TEST_CASE("else it is as old as what it is sure of; one that never was, as old as can be said") {
  CHECK(staleness(NOW - fresh_for - base::duration{1}, NOW) == fresh_for + base::duration{1});
  CHECK(staleness(never_sure, NOW) == staleness_max);
  CHECK(staleness(base::instant{-staleness_max.count()}, NOW) == staleness_max);
}

TEST_SUITE_END();

} // namespace engram::actors

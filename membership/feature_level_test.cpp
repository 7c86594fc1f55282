#include "membership/feature_level.hpp"

#include "tests/support/doctest.hpp"

using namespace engram;
using namespace engram::membership;
using std::chrono::minutes;

namespace {

advertisement knows(std::uint64_t id, std::uint16_t from, std::uint16_t to,
                    member_state state = member_state::alive, bool retired = false) {
  return {{base::store_id{{id, id}}, {}, state, retired}, from, to};
}

} // namespace

TEST_SUITE_BEGIN("membership");

TEST_CASE("the level is raised by itself once all have known the next one for ten minutes") {
  feature_level watched;
  std::vector<advertisement> members{knows(1, 1, 2), knows(2, 1, 1)};
  CHECK_FALSE(watched.look(members, 1, minutes(0)));
  CHECK_FALSE(watched.look(members, 1, minutes(30)));
  members[1].feature_max = 2;
  CHECK_FALSE(watched.look(members, 1, minutes(31)));
  CHECK_FALSE(watched.look(members, 1, minutes(40)));
  CHECK(watched.look(members, 1, minutes(41)) == 2u);
  CHECK_FALSE(watched.look(members, 2, minutes(42)));
}

TEST_CASE("one who goes back begins the ten minutes anew") {
  feature_level watched;
  std::vector<advertisement> members{knows(1, 1, 2), knows(2, 1, 2)};
  CHECK_FALSE(watched.look(members, 1, minutes(0)));
  members[0].feature_max = 1;
  CHECK_FALSE(watched.look(members, 1, minutes(9)));
  members[0].feature_max = 2;
  CHECK_FALSE(watched.look(members, 1, minutes(11)));
  CHECK_FALSE(watched.look(members, 1, minutes(20)));
  CHECK(watched.look(members, 1, minutes(21)) == 2u);
}

TEST_CASE("a dead member's version counts, until it is not waited for any more") {
  const std::vector<advertisement> members{knows(1, 1, 3), knows(2, 1, 1, member_state::dead)};
  CHECK(*common_level(members, 1) == 1);
  CHECK(*common_level(std::vector{members[0], knows(2, 1, 1, member_state::dead, true)}, 1) == 3);
  CHECK(*common_level(std::vector{members[0], knows(2, 1, 1, member_state::left)}, 1) == 3);
}

TEST_CASE("a level that some member no longer knows, or none in common, is an error") {
  CHECK(common_level(std::vector{knows(1, 2, 3), knows(2, 1, 1)}, 1).error().code ==
        base::errc::incompatible);
  CHECK(common_level(std::vector{knows(1, 1, 1)}, 2).error().code == base::errc::incompatible);
}

TEST_SUITE_END();

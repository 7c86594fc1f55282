#include "membership/topology.hpp"

#include "base/random.hpp"
#include "membership/directory_types.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>
#include <cmath>
#include <map>

using namespace engram;
using namespace engram::membership;

namespace {

std::vector<member> members_of(std::uint64_t seed, std::size_t count, std::size_t zones = 1) {
  base::random random(seed);
  std::vector<member> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({base::store_id{random.hash()}, "zone-" + std::to_string(i % zones), {}});
  return out;
}

std::vector<base::space_id> spaces_of(std::size_t count) {
  std::vector<base::space_id> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(space_name{"space-" + std::to_string(i)}.identity());
  return out;
}

std::map<base::store_id, std::size_t> load_of(const std::vector<base::space_id>& spaces,
                                              const std::vector<member>& members) {
  std::map<base::store_id, std::size_t> out;
  for (const auto& m : members)
    if (m.state != member_state::left) out[m.id];
  for (const auto& space : spaces)
    for (const auto& id : place(space, members, 3).replicas) ++out[id];
  return out;
}

} // namespace

TEST_SUITE_BEGIN("membership");

TEST_CASE("200,000 spaces lie evenly, and a join or a leave moves only what it must") {
  const auto spaces = spaces_of(200'000);
  const auto five = members_of(1, 5);
  double worst = 0;
  const double fair = 3.0 * 200'000 / 5;
  for (const auto& [id, count] : load_of(spaces, five))
    worst = std::max(worst, std::abs(static_cast<double>(count) / fair - 1));
  CHECK(worst < 0.01);

  const auto six = with_newcomers(five, 1);
  const auto come = moves_between(spaces, five, six, 3);
  for (const auto& move : come) {
    CHECK_FALSE(move.from.is_zero());
    CHECK(newcomer_number(move.to, 1) == 1);
  }
  // The newcomer holds its share, and nothing else was moved.
  CHECK(come.size() == load_of(spaces, six).at(six.back().id));
  CHECK(std::abs(static_cast<double>(come.size()) / (3.0 * 200'000 / 6) - 1) < 0.01);

  const auto gone = moves_between(spaces, five, without(five, five[2].id), 3);
  for (const auto& move : gone) {
    CHECK(move.from == five[2].id);
    CHECK(move.to != five[2].id);
  }
  CHECK(gone.size() == load_of(spaces, five).at(five[2].id));
  MESSAGE("200,000 spaces, 3 replicas, 5 members: a member holds at most "
          << 100 * worst << " % more or less than its share; a join moves " << come.size()
          << " replicas, a leave " << gone.size() << " of 600,000");
}

TEST_CASE("where there are fewer members than replicas, a join adds and a leave takes away") {
  const auto spaces = spaces_of(100);
  const auto two = members_of(2, 2);
  const auto more = moves_between(spaces, two, with_newcomers(two, 1), 3);
  REQUIRE(more.size() == 100);
  for (const auto& move : more) CHECK(move.from.is_zero());
  CHECK(moves_between(spaces, two, without(two, two[0].id), 3).empty());
}

TEST_CASE("several newcomers at once take one place each of a space at most") {
  const auto spaces = spaces_of(2'000);
  const auto members = members_of(3, 4, 2);
  std::map<std::pair<base::space_id, base::store_id>, int> taken;
  for (const auto& move : moves_between(spaces, members, with_newcomers(members, 3), 3)) {
    CHECK(newcomer_number(move.to, 3) > 0);
    CHECK(++taken[{move.space, move.to}] == 1);
  }
  CHECK_FALSE(taken.empty());
}

TEST_SUITE_END();

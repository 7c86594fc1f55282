#include "membership/placement.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>

#include <map>
#include <set>

using namespace engram;
using namespace engram::membership;

namespace {

std::vector<member> members_of(base::random& random, std::size_t count, std::size_t zones = 1) {
  std::vector<member> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({base::store_id{random.hash()}, "zone-" + std::to_string(i % zones), {}});
  return out;
}

std::set<base::store_id> holders(const base::space_id& space, const std::vector<member>& members,
                                 std::uint32_t wanted) {
  const auto placed = place(space, members, wanted);
  return {placed.replicas.begin(), placed.replicas.end()};
}

} // namespace

TEST_CASE("a placement with one member is that member, with a quorum of one") {
  base::random random(1);
  const auto alone = members_of(random, 1);
  const auto placed = place(base::space_id{random.hash()}, alone, 3);
  CHECK(placed.factor == 1);
  CHECK(placed.quorum == 1);
  REQUIRE(placed.replicas.size() == 1);
  CHECK(placed.holds(alone[0].id));
}

TEST_CASE("dead members count for the quorum, members that left do not") {
  base::random random(2);
  auto members = members_of(random, 5);
  members[0].state = member_state::dead;
  members[1].state = member_state::left;
  const auto placed = place(base::space_id{random.hash()}, members, 5);
  CHECK(placed.factor == 4);
  CHECK(placed.quorum == 3);
  CHECK_FALSE(placed.holds(members[1].id));
  CHECK(placed.holds(members[0].id));
}

TEST_CASE("the order in which members are listed, or listed twice, does not matter") {
  base::random random(3);
  auto members = members_of(random, 9, 3);
  const base::space_id space{random.hash()};
  const auto before = place(space, members, 3).replicas;
  std::reverse(members.begin(), members.end());
  members.push_back(members.front());
  CHECK(place(space, members, 3).replicas == before);
}

TEST_CASE("replicas lie in as many zones as there are") {
  base::random random(4);
  const auto members = members_of(random, 12, 4);
  for (int i = 0; i < 200; ++i) {
    std::set<std::string> zones;
    for (const auto& id : holders(base::space_id{random.hash()}, members, 3))
      for (const auto& m : members)
        if (m.id == id) zones.insert(m.zone);
    CHECK(zones.size() == 3);
  }
}

TEST_CASE("spaces are spread evenly over the members") {
  base::random random(5);
  const auto members = members_of(random, 10);
  constexpr int spaces = 20'000;
  std::map<base::store_id, int> load;
  for (int i = 0; i < spaces; ++i)
    for (const auto& id : holders(base::space_id{random.hash()}, members, 3)) ++load[id];
  const double fair = spaces * 3.0 / 10.0;
  for (const auto& m : members) {
    CHECK(load[m.id] > 0.95 * fair); // about four standard deviations
    CHECK(load[m.id] < 1.05 * fair);
  }
}

TEST_CASE("a member that joins takes one replica of a space at most, and only for itself") {
  base::random random(6);
  for (const std::size_t zones : {std::size_t{1}, std::size_t{4}}) {
    auto members = members_of(random, 11, zones);
    const auto joined = members.back();
    auto before = members;
    before.pop_back();
    int moved = 0;
    for (int i = 0; i < 4'000; ++i) {
      const base::space_id space{random.hash()};
      const auto old_holders = holders(space, before, 3);
      const auto new_holders = holders(space, members, 3);
      for (const auto& id : new_holders)
        if (!old_holders.contains(id)) {
          CHECK(id == joined.id);
          ++moved;
        }
    }
    CHECK(moved < 4'000 * 3 / 11 * 12 / 10);
    CHECK(moved > 4'000 * 3 / 11 * 8 / 10);
  }
}

TEST_CASE("a member that leaves gives up its replicas and moves no other") {
  base::random random(7);
  auto members = members_of(random, 8);
  auto after = members;
  after[3].state = member_state::left;
  for (int i = 0; i < 2'000; ++i) {
    const base::space_id space{random.hash()};
    const auto old_holders = holders(space, members, 3);
    const auto new_holders = holders(space, after, 3);
    for (const auto& id : old_holders)
      if (id != members[3].id) CHECK(new_holders.contains(id));
  }
}

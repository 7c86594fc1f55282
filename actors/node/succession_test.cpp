#include "actors/testing/cluster_fixture.hpp"

namespace engram::actors {

namespace {

cluster_info seen_by(cluster_fixture& c, std::size_t i) {
  return *wait_for<cluster_info>([&](auto done) { c.at(i).cluster(done); });
}

bool is_among(const cluster_info& seen, const base::store_id& who) {
  for (const auto& space : seen.spaces)
    for (const auto& replica : space.replicas)
      if (replica.placed && replica.store == who) return true;
  return false;
}

/// Whether the members that hold a space say that all its replicas are level, and `gone` is none.
bool level(cluster_fixture& c, const base::store_id& gone, std::size_t copies) {
  std::map<base::space_id, int> whole;
  for (std::size_t i = 0; i < c.members.size(); ++i) {
    if (!c.members[i].core) continue;
    const auto seen = seen_by(c, i);
    if (is_among(seen, gone)) return false;
    for (const auto& space : seen.spaces) {
      std::size_t good = 0;
      bool here = false;
      for (const auto& replica : space.replicas) {
        good += replica.placed && replica.lag_entries == 0;
        here = here || (replica.placed && replica.store == c.members[i].id);
      }
      whole[space.identity] += here && good == copies;
    }
  }
  return std::all_of(whole.begin(), whole.end(), [](const auto& each) { return each.second > 0; });
}

base::result<void> retire(cluster_fixture& c, std::size_t at, const base::store_id& who,
                          bool dead) {
  return wait_for<void>([&](auto done) { c.at(at).retire(who, dead, done); });
}

} // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a member that stays dead is replaced, by a majority only, and copies are full again") {
    cluster_fixture c(0);
    c.config.replication.replace_after = base::duration{300};
    c.grow(5);
    const auto spaces = c.written(6);
    const auto dead = c.members[4].id;
    // One more is alive but cut off, and takes the others for dead.
    for (std::size_t i = 0; i < 3; ++i) c.board.cut("member-3", c.members[i].address);
    c.stop(4);
    c.tell();
    std::vector<member_info> lonely;
    for (std::size_t k = 0; k < 5; ++k)
      lonely.push_back({c.members[k].id, c.members[k].address,
                        k == 3 ? membership::member_state::alive : membership::member_state::dead,
                        1});
    c.at(3).set_members(lonely);
    const auto before = seen_by(c, 3);
    REQUIRE(is_among(before, dead));

    CHECK(c.comes([&] { return !is_among(seen_by(c, 0), dead); }));
    const auto after = seen_by(c, 3);
    for (std::size_t s = 0; s < before.spaces.size(); ++s)
      for (std::size_t r = 0; r < before.spaces[s].replicas.size(); ++r)
        CHECK(after.spaces[s].replicas[r].store == before.spaces[s].replicas[r].store);

    for (std::size_t i = 0; i < 3; ++i) c.board.cut("member-3", c.members[i].address, false);
    c.tell();
    CHECK(c.comes([&] { return level(c, dead, 3); }));
    for (std::size_t i = 0; i < 4; ++i) CHECK(c.readable(i, spaces));

    c.start(4); // and it has its places again
    c.tell();
    CHECK(c.comes([&] { return is_among(seen_by(c, 0), dead); }));
    for (std::size_t i = 0; i < 5; ++i) CHECK(c.readable(i, spaces));
  }

  TEST_CASE("a member that stays dead for long is given up: when it comes back, it hands over") {
    cluster_fixture c(0);
    c.config.replication.replace_after = base::duration{100};
    c.config.replication.remove_after = base::duration{200};
    c.grow(4);
    const auto spaces = c.written(4);
    const auto dead = c.members[3].id;
    c.stop(3);
    c.tell();
    CHECK(c.comes([&] { return level(c, dead, 3); }));
    // Who is dead cannot be decommissioned, but for those that were given up already.
    CHECK(c.comes([&] { return retire(c, 0, dead, false).has_value(); }));
    c.start(3);
    c.tell();
    CHECK(c.comes([&] { return c.members[3].door->asked > 0; }));
    for (std::size_t i = 0; i < 3; ++i) CHECK(c.readable(i, spaces));
  }

  TEST_CASE(
      "a member that is decommissioned hands over all it has, then leaves, and is not missed") {
    for (const std::uint32_t copies : {1u, 2u}) {
      CAPTURE(copies);
      cluster_fixture c(3, copies);
      const auto spaces = c.written(8);
      const auto who = c.members[1].id;
      REQUIRE(is_among(seen_by(c, 0), who));
      REQUIRE(retire(c, 0, who, false));
      REQUIRE(retire(c, 2, who, false)); // again: the same
      REQUIRE(c.comes([&] { return c.members[1].door->asked > 0; }));
      c.stop(1);
      c.members[1].has_left = true;
      c.tell();
      for (std::size_t i : {0, 2}) CHECK(c.readable(i, spaces));
      CHECK(c.comes([&] { return level(c, who, copies); }));
      CHECK(c.members[1].door->asked == 1);
    }
  }

  TEST_CASE("what cannot be handed over keeps a decommissioned member from leaving") {
    cluster_fixture c(3, 1);
    const auto spaces = c.written(8);
    const auto who = c.members[1].id;
    for (std::size_t i : {0, 2}) c.board.cut("member-1", c.members[i].address);
    // It knows, and reaches nobody.
    (void)retire(c, 1, who, false);
    CHECK(c.members[1].door->asked == 0);
    for (std::size_t i : {0, 2}) c.board.cut("member-1", c.members[i].address, false);
    CHECK(c.comes([&] { return c.members[1].door->asked > 0; }));
    c.stop(1);
    c.members[1].has_left = true;
    c.tell();
    for (std::size_t i : {0, 2}) CHECK(c.readable(i, spaces));
  }

  TEST_CASE(
      "a dead member is replaced at once when told so, a live one is not, nor by a minority") {
    cluster_fixture c(4);
    const auto spaces = c.written(6);
    const auto who = c.members[3].id;
    CHECK(retire(c, 0, who, true).error().code == base::errc::invalid_argument);
    CHECK(retire(c, 0, base::store_id{}, true).error().code == base::errc::invalid_argument);
    c.stop(3);
    c.tell();
    CHECK(retire(c, 0, who, false).error().code == base::errc::invalid_argument);
    REQUIRE(retire(c, 0, who, true));
    REQUIRE(retire(c, 1, who, true));
    CHECK(c.comes([&] { return level(c, who, 3); }));
    c.stop(1);
    c.stop(2);
    c.tell();
    CHECK(retire(c, 0, c.members[1].id, true).error().code == base::errc::too_few_replicas);
    CHECK(c.readable(0, spaces));
  }
}

} // namespace engram::actors

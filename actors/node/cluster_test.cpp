#include "actors/testing/cluster_fixture.hpp"

namespace engram::actors {

TEST_SUITE("cluster") {
  TEST_CASE("a space made on one member is known to all, and what one wrote all have") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto got = c.remember(i, space, "from-" + std::to_string(i));
      REQUIRE(got);
      REQUIRE_MESSAGE(got->items.at(0), got->items.at(0).error().message());
      CHECK(got->items.at(0)->copies >= 2);
      CHECK(got->items.at(0)->achieved == durability::quorum);
    }
    CHECK(c.agree(space, 3));
    CHECK(c.get(1, space, "from-0").size() == 1);
  }

  TEST_CASE("with its token a session reads its own write from any member") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    for (int n = 0; n < 20; ++n) {
      const auto id = "n" + std::to_string(n);
      const auto got = c.remember(n % 3, space, id, durability::local);
      REQUIRE(got);
      CHECK(c.get((n + 1) % 3, space, id, got->token).size() == 1);
    }
  }

  TEST_CASE("a quorum of two acknowledges while one is away, which then catches up") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    REQUIRE(c.remember(0, space, "before")->items.at(0));
    REQUIRE(c.agree(space, 1));
    c.stop(2);
    c.tell();
    for (int n = 0; n < 50; ++n)
      REQUIRE(c.remember(n % 2, space, "away-" + std::to_string(n))->items.at(0));
    const auto all = c.remember(0, space, "all", durability::all);
    REQUIRE_FALSE(all);
    CHECK(all.error().code == base::errc::too_few_replicas);
    c.start(2);
    c.tell();
    CHECK(c.agree(space, 51));
  }

  TEST_CASE("a write that finds itself there already waits for its copies all the same") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    REQUIRE(c.remember(0, space, "once", durability::local)->items.at(0));
    const auto again = c.remember(0, space, "once");
    REQUIRE(again);
    REQUIRE(again->items.at(0));
    CHECK(again->items.at(0)->known);
    CHECK(again->items.at(0)->copies >= 2);
  }

  TEST_CASE("a minority takes local writes only; after the cut both sides are one") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    REQUIRE(c.agree(space, 0));
    c.board.cut("member-2", "member-0");
    c.board.cut("member-2", "member-1");
    // Each side takes the other for dead.
    auto seen_by = [&](std::size_t i, std::set<std::size_t> dead) {
      std::vector<member_info> all;
      for (std::size_t k = 0; k < 3; ++k)
        all.push_back(
            {c.members[k].id, c.members[k].address,
             dead.contains(k) ? membership::member_state::dead : membership::member_state::alive,
             1});
      c.at(i).set_members(all);
    };
    seen_by(0, {2});
    seen_by(1, {2});
    seen_by(2, {0, 1});
    REQUIRE(c.remember(0, space, "majority")->items.at(0));
    const auto refused = c.remember(2, space, "minority");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::errc::too_few_replicas);
    REQUIRE(c.remember(2, space, "alone", durability::local)->items.at(0));
    const auto named = wait_for<space_info>([&](auto done) {
      c.at(2).create_space({"other", 0, "english"}, done);
    });
    CHECK_FALSE(named);
    c.board.cut("member-2", "member-0", false);
    c.board.cut("member-2", "member-1", false);
    c.tell();
    CHECK(c.agree(space, 2));
  }

  TEST_CASE("any member takes any request, also for spaces that lie elsewhere") {
    cluster_fixture c(4, 1);
    for (int n = 0; n < 8; ++n) {
      const auto space = c.create(n % 4, "s" + std::to_string(n)).identity;
      for (std::size_t i = 0; i < 4; ++i)
        REQUIRE(c.comes([&] {
          const auto got = c.remember(i, space, "m" + std::to_string(i));
          return got && got->items.at(0);
        }));
      for (std::size_t i = 0; i < 4; ++i) CHECK(c.get(i, space, "m0").size() == 1);
      CHECK(c.comes([&] { // a fourth member may hear of a new space after it was acknowledged
        const auto seen = c.info(3, space);
        return seen && seen->memories == 4;
      }));
    }
  }

  TEST_CASE("a member that joins takes over what placement gives it, and nothing is lost") {
    cluster_fixture c(3, 2);
    c.members[2].is_dead = true; // not a member yet
    auto two = [&] {
      for (std::size_t i : {0, 1})
        c.at(i).set_members({{c.members[0].id, "member-0", membership::member_state::alive, 1},
                             {c.members[1].id, "member-1", membership::member_state::alive, 1}});
    };
    two();
    std::vector<base::space_id> spaces;
    for (int n = 0; n < 6; ++n) {
      spaces.push_back(c.create(0, "s" + std::to_string(n)).identity);
      REQUIRE(c.remember(1, spaces.back(), "old")->items.at(0));
    }
    c.members[2].is_dead = false;
    c.tell();
    for (const auto& space : spaces)
      for (std::size_t i = 0; i < 3; ++i)
        CHECK(c.comes([&] {
          read_options how;
          const auto got = wait_for<std::vector<memory_record>>(
              [&](auto done) { c.at(i).get(space, {"old"}, how, done); });
          return got && got->size() == 1;
        }));
  }

  TEST_CASE("who was away until the logs were cut takes a snapshot") {
    cluster_fixture c(0);
    c.config.trim = {{0, base::duration{0}, 1000, 10'000}, 0, std::chrono::milliseconds(20)};
    c.config.replication.replace_after = base::duration{100};
    c.grow(3);
    const auto space = c.create(0, "shared").identity;
    REQUIRE(c.remember(0, space, "before")->items.at(0));
    REQUIRE(c.agree(space, 1));
    c.stop(2);
    c.tell();
    for (int n = 0; n < 60; ++n)
      REQUIRE(c.remember(n % 2, space, "away-" + std::to_string(n))->items.at(0));
    for (std::size_t i : {0, 1})
      CHECK(c.comes([&] {
        (void)c.remember(i, space, "more"); // state must follow the log before that is cut
        return c.counted(i, "engram_actors_trimmed_entries_total") > 45;
      }));
    c.start(2);
    c.tell();
    CHECK(c.comes([&] { return c.counted(2, "engram_actors_replication_snapshots_total") == 1; }));
    CHECK(c.agree(space, 62));
    REQUIRE(c.remember(2, space, "after", durability::all)->items.at(0));
    CHECK(c.agree(space, 63));
  }

  TEST_CASE("a member leaves when others have all it has, and not with the only copy of a space") {
    cluster_fixture c(3, 2);
    auto leave = [&](std::size_t i) {
      return wait_for<void>([&](auto done) { c.at(i).leave(done); });
    };
    for (int n = 0; n < 6; ++n) {
      const auto space = c.create(0, "s" + std::to_string(n)).identity;
      REQUIRE(c.remember(n % 3, space, "m", durability::all)->items.at(0));
    }
    for (std::size_t i = 0; i < 3; ++i) CHECK(c.comes([&] { return bool(leave(i)); }));

    c.stop(1);
    c.stop(2);
    c.tell(); // six spaces on pairs of three members: some now lie on the first alone
    const auto refused = leave(0);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::errc::too_few_replicas);
  }

  TEST_CASE("a copy with damage takes another's, and never serves what it cannot read") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    for (int n = 0; n < 20; ++n)
      REQUIRE(c.remember(0, space, "m" + std::to_string(n), durability::all)->items.at(0));
    REQUIRE(c.agree(space, 20));
    c.stop(1);
    c.tell();
    base::random random{5};
    for (int n = 0; n < 3; ++n)
      REQUIRE(c.members[1].store->flip_any(storage::column::payload, random));
    c.start(1);
    c.tell();
    CHECK(c.comes([&] { return c.counted(1, "engram_actors_replication_snapshots_total") == 1; }));
    CHECK(c.agree(space, 20));
    CHECK(c.info(1, space)->damaged == 0);
  }

  TEST_CASE("a space dropped on one member is dropped on all") {
    cluster_fixture c(3);
    const auto space = c.create(0, "gone").identity;
    REQUIRE(c.remember(0, space, "m", durability::all)->items.at(0));
    REQUIRE(wait_for<void>([&](auto done) { c.at(1).drop_space("gone", done); }));
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(c.comes([&] {
        const auto got = wait_for<space_info>([&](auto done) { c.at(i).resolve("gone", done); });
        return !got && got.error().code == base::errc::unknown_space;
      }));
  }
}

} // namespace engram::actors

// What an operator asks of a whole cluster, and what members do by themselves to keep it in order.
#include "actors/testing/cluster_fixture.hpp"

#include <map>

namespace engram::actors {

namespace {

std::uint64_t released(cluster_fixture& c) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < c.members.size(); ++i)
    if (c.members[i].core) out += c.counted(i, "engram_actors_replication_released_total");
  return out;
}

std::vector<copy_verdict> verdicts(cluster_fixture& c, std::size_t at, const std::string& space) {
  const auto found =
      wait_for<std::vector<space_comparison>>([&](auto done) { c.at(at).repair(space, done); });
  std::vector<copy_verdict> out;
  if (found && !found->empty())
    for (const auto& copy : found->front().copies) out.push_back(copy.verdict);
  return out;
}

/// One bit of what is kept of one memory; it comes to the disk with the next batch.
void damage(cluster_fixture& c, std::size_t which) {
  auto& store = *c.members[which].store;
  std::string key;
  REQUIRE(c.comes([&] {
    const auto rows = store.scan(storage::column::state, {}, {});
    for (auto more = rows->next(); more && *more; more = rows->next())
      if (rows->current().key.at(4) == 'E') key = rows->current().key;
    return !key.empty();
  }));
  REQUIRE(store.flip(storage::column::state, key, 3));
}

std::map<std::string, std::vector<base::store_id>> places(cluster_fixture& c, std::size_t at) {
  const auto seen = wait_for<cluster_info>([&](auto done) { c.at(at).cluster(done); });
  std::map<std::string, std::vector<base::store_id>> out;
  for (const auto& space : seen->spaces)
    for (const auto& replica : space.replicas)
      if (replica.placed) out[space.name].push_back(replica.store);
  return out;
}

base::result<topology_plan> plan(cluster_fixture& c, const topology_change& change) {
  return wait_for<topology_plan>([&](auto done) { c.at(0).plan(change, done); });
}

} // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a copy that went bad on its disk is found, rebuilt from a good one, and good again") {
    cluster_fixture c(3);
    const auto spaces = c.written(1);
    REQUIRE(c.comes([&] { return verdicts(c, 0, "s0") == std::vector(3, copy_verdict::good); }));
    damage(c, 1);
    const auto found = verdicts(c, 0, "s0");
    CHECK(std::count(found.begin(), found.end(), copy_verdict::good) == 2);
    CHECK(c.comes([&] { return verdicts(c, 2, "s0") == std::vector(3, copy_verdict::good); }));
    CHECK(c.counted(1, "engram_actors_replication_rebuilds_total") == 1);
    CHECK(c.counted(1, "engram_actors_replication_snapshots_total") == 1);
    CHECK(c.agree(spaces[0], 1));
    CHECK(
        wait_for<std::vector<space_comparison>>([&](auto done) { c.at(0).repair("nothing", done); })
            .error()
            .code == base::errc::unknown_space);
  }

  TEST_CASE("a member that is down is told as unreachable, the others are compared") {
    cluster_fixture c(3);
    c.written(1);
    c.stop(2);
    c.tell();
    CHECK(c.comes([&] {
      const auto found = verdicts(c, 0, "s0");
      return std::count(found.begin(), found.end(), copy_verdict::good) == 2 &&
             std::count(found.begin(), found.end(), copy_verdict::unreachable) == 1;
    }));
  }

  TEST_CASE("a plan tells beforehand what a decommission moves, and how much") {
    cluster_fixture c(4, 2);
    const auto spaces = c.written(8);
    const auto who = c.members[2].id;
    const auto before = places(c, 0);
    const auto planned = plan(c, {topology_change::kind::decommission, 0, who});
    REQUIRE(planned);
    CHECK(planned->refusal.empty());
    CHECK(planned->spaces == 8);
    CHECK(planned->moves.size() > 0);
    for (const auto& move : planned->moves) {
      CHECK(move.from == who);
      CHECK(move.known);
      CHECK(move.entries == 1);
      CHECK(move.bytes > 0);
    }
    CHECK(places(c, 0) == before); // nothing happened
    REQUIRE(wait_for<void>([&](auto done) { c.at(0).retire(who, false, done); }));
    const auto after = places(c, 0);
    std::size_t moved = 0;
    for (const auto& [name, replicas] : after)
      for (const auto& id : replicas)
        if (std::count(before.at(name).begin(), before.at(name).end(), id) == 0) {
          ++moved;
          CHECK(std::any_of(planned->moves.begin(), planned->moves.end(),
                            [&](const auto& move) { return move.space == name && move.to == id; }));
        }
    CHECK(moved == planned->moves.size());
  }

  TEST_CASE("a plan for new members names them by number; one that cannot be is refused") {
    cluster_fixture c(3, 2);
    c.written(8);
    const auto planned = plan(c, {topology_change::kind::join, 2, {}});
    REQUIRE(planned);
    CHECK(planned->moves.size() > 0);
    for (const auto& move : planned->moves) {
      CHECK(move.newcomer >= 1);
      CHECK(move.newcomer <= 2);
      CHECK(move.to.is_zero());
    }
    CHECK(plan(c, {topology_change::kind::join, 0, {}}).error().code ==
          base::errc::invalid_argument);
    CHECK(plan(c, {topology_change::kind::leave, 0, {}}).error().code ==
          base::errc::invalid_argument);
    const auto live = plan(c, {topology_change::kind::replace, 0, c.members[1].id});
    REQUIRE(live);
    CHECK_FALSE(live->refusal.empty());
  }

  TEST_CASE("a copy is erased once those that hold the space have everything, and not before") {
    cluster_fixture c(3, 2);
    const auto spaces = c.written(8);
    c.board.cut("member-3", "member-0");
    c.board.cut("member-3", "member-1");
    c.board.cut("member-3", "member-2");
    c.grow(4);
    for (int i = 0; i < 200; ++i) c.clock.wait();
    CHECK(released(c) == 0);
    for (const char* other : {"member-0", "member-1", "member-2"})
      c.board.cut("member-3", other, false);
    c.tell();
    CHECK(c.comes([&] { return released(c) > 0; }));
    for (std::size_t i = 0; i < 4; ++i) CHECK(c.readable(i, spaces));
  }

  TEST_CASE("a space that comes back to a member that let it go is copied anew") {
    cluster_fixture c(3, 2);
    const auto spaces = c.written(8);
    c.grow(4);
    REQUIRE(c.comes([&] { return released(c) > 0; }));
    const auto newcomer = c.members[3].id;
    REQUIRE(wait_for<void>([&](auto done) { c.at(0).retire(newcomer, false, done); }));
    const bool went = c.comes([&] { return c.members[3].door->asked > 0; });
    REQUIRE(went);
    c.stop(3);
    c.members[3].has_left = true;
    c.tell();
    for (std::size_t i = 0; i < 3; ++i) CHECK(c.readable(i, spaces));
  }

  TEST_CASE("what the pace holds back is asked for once, when it is due") {
    cluster_fixture c(0);
    c.config.replication.cores.pull.pull_bytes = 500;
    c.config.replication.copy_bytes_per_second = 300; // one answer costs many times the patience
    c.grow(3);
    const auto space = c.create(0, "s0").identity;
    REQUIRE(c.agree(space, 0));
    c.stop(2);
    c.tell();
    for (int n = 0; n < 16; ++n)
      REQUIRE(c.remember(0, space, "m" + std::to_string(n))->items.at(0));
    c.start(2);
    c.tell();
    CHECK(c.comes([&] { return c.counted(2, "engram_actors_replication_applied_total") >= 16; }));
  }

  TEST_CASE("a new replica that stopped half way is not taken for a whole one") {
    cluster_fixture c(0, 1);
    c.config.replication.cores.pull.pull_bytes = 500;
    c.config.replication.copy_bytes_per_second = 1; // the first answer, and no other
    c.config.deadline = base::duration{2'000};
    c.grow(1);
    const auto space = c.create(0, "s0").identity;
    for (int n = 0; n < 40; ++n)
      REQUIRE(c.remember(0, space, "m" + std::to_string(n), durability::local));
    // Members come until the space falls to one of them.
    std::size_t heir = 0;
    for (std::size_t size = 2; heir == 0 && size < 12; ++size) {
      c.grow(size);
      for (std::size_t i = 1; i < size; ++i)
        if (places(c, 0).at("s0").front() == c.members[i].id) heir = i;
    }
    REQUIRE(heir > 0);
    REQUIRE(c.comes([&] {
      return c.counted(heir, "engram_actors_replication_applied_total") > 0 &&
             c.info(heir, space).error().code != base::errc::ok;
    }));
    for (std::size_t i = 0; i < c.members.size(); ++i) c.stop(i);
    c.start(heir);
    c.tell();
    CHECK(c.info(heir, space).error().code != base::errc::ok);
    c.stop(heir);
    c.config.replication.copy_bytes_per_second = 0;
    for (std::size_t i = 0; i < c.members.size(); ++i) c.start(i);
    c.tell();
    CHECK(c.comes([&] {
      const auto seen = c.info(heir, space);
      return seen && seen->memories == 40;
    }));
  }

  TEST_CASE("a member that has not got the directory yet serves nobody after a restart, too") {
    cluster_fixture c(0);
    c.config.joining = true;
    c.grow(1);
    const auto refused = [&] {
      const bool out = !wait_for<authority>([&](auto done) { c.at(0).authenticate("", done); });
      CHECK(!c.at(0).anonymous() == out);
      return out;
    };
    CHECK(refused());
    CHECK_FALSE(wait_for<node_status>([&](auto done) { c.at(0).status(done); })->ready);
    c.stop(0);
    c.config.joining = false; // its folder has a cluster by now
    c.start(0);
    c.tell();
    CHECK(refused());
    c.grow(2);
    CHECK(c.comes([&] { return !refused(); }));
    c.stop(0);
    c.start(0);
    CHECK_FALSE(refused());
  }

  TEST_CASE("who joins serves with all names of spaces, though a member is dead for good") {
    cluster_fixture c(3);
    const auto spaces = c.written(20);
    c.stop(2);
    c.tell();
    c.config.joining = true;
    c.grow(4);
    CHECK(c.comes([&] { return c.at(3).anonymous().has_value(); }));
    const auto listed =
        wait_for<std::vector<space_info>>([&](auto done) { c.at(3).list_spaces(done); });
    REQUIRE(listed);
    CHECK(listed->size() == spaces.size());
    CHECK(wait_for<node_status>([&](auto done) { c.at(3).status(done); })->ready);
  }

  TEST_CASE("nothing is moved onto a disk that is nearly full, until it has room") {
    cluster_fixture c(3, 2);
    const auto spaces = c.written(8);
    c.config.replication.look_at_disk = base::duration{20};
    c.members.resize(4);
    c.members[3].address = "member-3";
    auto& store = *c.members[3].store;
    storage::batch ballast;
    ballast.put(storage::column::payload, "ballast", std::string(9'000'000, 'x'));
    REQUIRE(store.write(ballast, true));
    store.set_capacity(10'000'000);
    c.start(3);
    c.tell();
    CHECK(c.comes([&] { return c.counted(3, "engram_actors_replication_waiting_for_room") > 0; }));
    for (int i = 0; i < 100; ++i) c.clock.wait();
    CHECK(c.counted(3, "engram_actors_replication_applied_total") <= 9); // names only
    CHECK(released(c) == 0);
    store.set_capacity(1ull << 40);
    CHECK(c.comes([&] { return released(c) > 0; }));
    CHECK(c.readable(3, spaces));
  }

  TEST_CASE("the feature level is raised to what all members know, and all hear of it") {
    cluster_fixture c(3);
    const auto upgraded = [&] {
      return wait_for<std::uint32_t>([&](auto done) { c.at(1).upgrade(done); });
    };
    CHECK(*upgraded() == 2);
    std::vector<member_info> members;
    for (const auto& m : c.members) {
      members.push_back({m.id, m.address, membership::member_state::alive, 1});
      members.back().feature_max = 4;
    }
    members[2].feature_max = 3;
    for (std::size_t i = 0; i < 3; ++i) c.at(i).set_members(members);
    CHECK(*upgraded() == 3);
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(c.comes([&] {
        return wait_for<cluster_info>([&](auto done) { c.at(i).cluster(done); })->level == 3;
      }));
    c.stop(1);
    c.config.feature_max = 1; // an older version
    c.start(1);
    c.tell();
    const auto session = wait_for<authority>([&](auto done) { c.at(1).authenticate("", done); });
    CHECK(session.error().code == base::errc::incompatible);
    CHECK_FALSE(wait_for<node_status>([&](auto done) { c.at(1).status(done); })->ready);
  }
}

} // namespace engram::actors

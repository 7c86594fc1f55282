#include "tests/simulation/replication_world.hpp"

#include <cstdlib>

namespace engram::simulation {
namespace {

/// Seeds until one fails as expected; 0: none did.
std::uint64_t first_failure(const world_options& options, std::uint64_t seeds,
                            const std::string& expected) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    replication_world world{seed, options};
    if (world.run().find(expected) != std::string::npos) return seed;
  }
  return 0;
}

void expect_clean(std::uint64_t seed, const world_options& options) {
  replication_world world{seed, options};
  const auto broken = world.run();
  CHECK_MESSAGE(broken.empty(), "seed=" << seed << ": " << broken << "\n  make sim SEED=" << seed
                                        << " N=1 TRACE=1");
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* said = std::getenv(variable);
  return said == nullptr || *said == '\0' ? otherwise : std::strtoull(said, nullptr, 10);
}

} // namespace

TEST_SUITE_BEGIN("simulation");

TEST_CASE("replicas keep their promises in every kind of world, and agree when it is quiet") {
  const auto first = number_from("SEED", 1), count = number_from("N", 600);
  for (auto seed = first; seed < first + count; ++seed) {
    auto options = options_of(seed);
    options.trace = number_from("TRACE", 0) > 0;
    expect_clean(seed, options);
  }
}

TEST_CASE("the same seed gives the same run") {
  replication_world a{5, {}}, b{5, {}};
  CHECK(a.run() == b.run());
  CHECK(a.counted().messages == b.counted().messages);
}

TEST_CASE("the world does what it says: each fault and each remedy happens") {
  replication_world::tally sum;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    auto options = seed % 2 == 0 ? options_of(4) : world_options{};
    options.moves = options.damage = options.rot = seed % 2 != 0;
    replication_world world{seed, options};
    world.run();
    sum.damaged += world.counted().damaged;
    sum.rotten += world.counted().rotten;
    sum.rot_found += world.counted().rot_found;
    sum.moves += world.counted().moves;
    sum.strays_gone += world.counted().strays_gone;
    sum.acknowledged += world.counted().acknowledged;
    sum.crashes += world.counted().crashes;
    sum.lost_disks += world.counted().lost_disks;
    sum.forks += world.counted().forks;
    sum.forks_lost += world.counted().forks_lost;
    sum.snapshots += world.counted().snapshots;
  }
  CHECK(sum.acknowledged > 200);
  CHECK(sum.moves > 10);
  CHECK(sum.damaged > 10);
  CHECK(sum.rotten > 10);
  CHECK(sum.rot_found > 10);
  CHECK(sum.strays_gone > 10);
  CHECK(sum.crashes > 20);
  CHECK(sum.lost_disks > 20);
  CHECK(sum.forks > 5);
  CHECK(sum.forks_lost > 0);
  CHECK(sum.snapshots > 10);
}

TEST_CASE("planted: an acknowledgement before the fsync is caught") {
  world_options options;
  options.planted.acknowledge_unsynced = true;
  CHECK(first_failure(options, 30, "lost") > 0);
}

TEST_CASE("planted: an entry that one replica does not apply is caught") {
  world_options options;
  options.planted.skip_some_applies = true;
  CHECK(first_failure(options, 30, "equal vectors, other state") > 0);
}

TEST_CASE("planted: an entry that nobody wrote is caught") {
  world_options options;
  options.planted.invent_entries = true;
  CHECK(first_failure(options, 30, "nobody wrote") > 0);
}

TEST_CASE("planted: a snapshot without its graves is caught") {
  world_options options;
  options.planted.snapshot_without_graves = true;
  CHECK(first_failure(options, 60, "converge") > 0);
}

TEST_CASE("planted: a delete that is forgotten is caught") {
  world_options options;
  options.planted.skip_deletes = true;
  CHECK(first_failure(options, 30, "a deleted memory came back") > 0);
}

TEST_CASE("planted: a stray that leaves before all have what it has is caught") {
  auto options = options_of(1);
  options.moves = true;
  options.rot = false;
  options.planted.drop_strays_early = true;
  CHECK(first_failure(options, 600, "lost") > 0);
}

TEST_CASE("planted: a damaged copy that serves is caught") {
  auto options = options_of(1);
  options.planted.serve_damaged = true;
  CHECK(first_failure(options, 60, "equal vectors, other state") > 0);
}

TEST_CASE("planted: state that changed on its disk, and nobody looks, is caught") {
  world_options options;
  options.rot = true;
  options.planted.never_compare = true;
  CHECK(first_failure(options, 10, "converge") > 0);
}

TEST_CASE("a replica whose state went wrong takes the copy of those that agree") {
  std::uint64_t diverged = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    world_options options; // without snapshots, which would carry the wrong state on
    options.lost_disks = options.forks = options.trims = false;
    options.planted.skip_some_applies = options.misapplied = true;
    replication_world world{seed, options};
    CHECK(world.run() == "");
    diverged += world.counted().diverged;
  }
  CHECK(diverged > 5);
}

TEST_CASE("planted: wrong state that is never compared is caught") {
  world_options options;
  options.planted.skip_some_applies = options.misapplied = true;
  options.planted.never_compare = true;
  CHECK(first_failure(options, 10, "converge") > 0);
}

TEST_CASE("planted: replicas that never pull are caught") {
  world_options options;
  options.planted.never_pull = true;
  CHECK(first_failure(options, 5, "converge") > 0);
}

TEST_CASE("planted: a fork that nobody heals is caught") {
  auto options = options_of(4); // without trims: a snapshot heals a fork by chance
  options.planted.ignore_forks = true;
  CHECK(first_failure(options, 100, "converge") > 0);
}

TEST_SUITE_END();

} // namespace engram::simulation

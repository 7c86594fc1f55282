#include "tests/simulation/cluster_world.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sstream>

namespace engram::simulation {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* said = std::getenv(variable);
  return said == nullptr || *said == '\0' ? otherwise : std::strtoull(said, nullptr, 10);
}

std::string run(std::uint64_t seed, const cluster_options& options) {
  return cluster_world(seed, options, draw_faults(seed, options)).run();
}

/// Seeds until one fails as expected; 0: none did.
std::uint64_t first_failure(const cluster_options& options, std::uint64_t seeds,
                            const std::string& expected) {
  REQUIRE_FALSE(expected.empty()); // found in every outcome, the good one too
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    if (run(seed, options).find(expected) != std::string::npos) return seed;
  return 0;
}

/// Of the sources as they are now; asked for when something is broken only.
std::string commit() {
  std::string out;
  auto* git = ::popen("git -C " ENGRAM_SOURCE_DIR " describe --always --dirty 2>/dev/null", "r");
  if (git == nullptr) return "unknown";
  for (int c = std::fgetc(git); c != EOF && c != '\n'; c = std::fgetc(git))
    out.push_back(static_cast<char>(c));
  ::pclose(git);
  return out.empty() ? "unknown" : out;
}

/// What somebody needs to see it again, with as few faults as still show it.
std::string report(std::uint64_t seed, const cluster_options& options, const std::string& broken) {
  std::string out = "seed=" + std::to_string(seed) + " commit=" + commit() + ": " + broken + "\n";
  const auto drawn = draw_faults(seed, options);
  std::string places;
  for (const auto place : shrink(seed, options, drawn)) {
    out += "  " + describe(drawn[place]) + "\n";
    places += (places.empty() ? "" : ",") + std::to_string(place);
  }
  return out + "  make sim SEED=" + std::to_string(seed) +
         " N=1 TRACE=1 FAULTS=" + (places.empty() ? "none" : places);
}

/// All that the seed gives, or those that FAULTS names.
std::vector<fault> faults_of(std::uint64_t seed, const cluster_options& options) {
  auto all = draw_faults(seed, options);
  const char* said = std::getenv("FAULTS");
  if (said == nullptr || *said == '\0') return all;
  std::vector<std::size_t> places;
  std::istringstream in{said};
  for (std::string one; std::getline(in, one, ',');)
    if (one != "none") places.push_back(std::strtoull(one.c_str(), nullptr, 10));
  return chosen(all, places);
}

/// Virtual seconds per second of one core.
double speed_of(const cluster_options& options, base::duration virtual_time,
                cluster_world::tally* counted = nullptr) {
  cluster_world world(1, options, {});
  world.run_for(base::duration{5'000});
  const auto began = std::clock(); // what others do on this machine is not counted
  world.run_for(virtual_time);
  const auto took = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  if (counted != nullptr) *counted = world.counted();
  return static_cast<double>(virtual_time.count()) / 1000 / took;
}

cluster_options quiet_options() {
  cluster_options out;
  out.spares = 0;
  out.loss = out.duplicate = 0;
  out.delay_ms = 2;
  return out;
}

} // namespace

TEST_SUITE_BEGIN("simulation");

TEST_CASE("clusters keep their promises under every fault, and agree when it is quiet") {
  const auto first = number_from("SEED", 1), count = number_from("N", 60);
  std::uint64_t slowest = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    cluster_options options;
    options.trace = number_from("TRACE", 0) > 0;
    cluster_world world(seed, options, faults_of(seed, options));
    const auto broken = world.run();
    options.trace = false;
    CHECK_MESSAGE(broken.empty(), report(seed, options, broken));
    slowest = std::max(slowest, world.counted().agreed_after_ms);
  }
  MESSAGE("the slowest of " << count << " clusters agreed " << slowest << " ms after the faults");
}

TEST_CASE("the same seed gives the same cluster") {
  const cluster_options options;
  cluster_world a(3, options, draw_faults(3, options)), b(3, options, draw_faults(3, options));
  CHECK(a.run() == b.run());
  CHECK(a.counted().events == b.counted().events);
  CHECK(a.counted().answered == b.counted().answered);
}

TEST_CASE("the cluster does what it says: it is written to, read, reopened, left and joined") {
  cluster_world::tally sum;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const cluster_options options;
    cluster_world world(seed, options, draw_faults(seed, options));
    world.run();
    const auto& one = world.counted();
    sum.acknowledged += one.acknowledged;
    sum.reads_seen += one.reads_seen;
    sum.reopened += one.reopened;
    sum.snapshots += one.snapshots;
    sum.drops += one.drops;
    sum.gone += one.gone;
    sum.replaced += one.replaced;
    sum.flipped += one.flipped;
    sum.streamed += one.streamed;
    sum.sent_again += one.sent_again;
    sum.quorum_reads += one.quorum_reads;
    sum.consolidated += one.consolidated;
    sum.claims += one.claims;
  }
  CHECK(sum.acknowledged > 1'000);
  CHECK(sum.reads_seen > 500);
  CHECK(sum.drops > 5);
  CHECK(sum.gone > 3);
  CHECK(sum.replaced > 1);
  CHECK(sum.flipped > 3);
  CHECK(sum.streamed > 500);
  CHECK(sum.sent_again > 50);
  CHECK(sum.quorum_reads > 60);
  CHECK(sum.consolidated > 200);
  CHECK(sum.claims > 2'000);
}

/// One partition of so many seconds, by whom the seed says. What is broken then.
std::string part(std::uint64_t seconds, std::uint64_t seed, std::vector<std::uint64_t>& took) {
  cluster_options options;
  options.trace = number_from("TRACE", 0) > 0;
  options.operations_per_second = seconds > 600 ? 0.5 : 5;
  options.faulty = base::duration{2'000 + static_cast<std::int64_t>(seconds) * 1'000};
  const fault apart{base::duration{2'000}, fault_kind::split, seed % 5, (seed + 1 + seed / 5) % 5,
                    static_cast<std::int64_t>(seconds) * 1'000 + 1};
  cluster_world world(seed, options, {apart});
  auto broken = world.run();
  took.push_back(world.counted().agreed_after_ms);
  return broken;
}

TEST_CASE("after a partition of minutes or a day all members hold the same within a minute") {
  struct row {
    std::uint64_t seconds, first, seeds;
  };
  const bool is_long = number_from("LONG", 0) > 0;
  std::vector<row> rows{{10, 1, is_long ? 1'000u : 20u},
                        {600, 1, is_long ? 1'000u : 5u},
                        {86'400, 1, is_long ? 20u : 0u}};
  if (const auto seconds = number_from("APART", 0); seconds > 0)
    rows = {{seconds, number_from("SEED", 1), number_from("N", 1)}};
  for (const auto& [seconds, first, seeds] : rows) {
    std::vector<std::uint64_t> took;
    for (auto seed = first; seed < first + seeds; ++seed) {
      const auto broken = part(seconds, seed, took);
      CHECK_MESSAGE(broken.empty(), broken << "; replay: APART=" << seconds << " SEED=" << seed
                                           << " TRACE=1 simulation_test -tc='after a part*'");
    }
    std::sort(took.begin(), took.end());
    if (!took.empty())
      MESSAGE("partition of " << seconds << " s, " << seeds << " seeds: all data equal after p50 "
                              << took[took.size() / 2] << ", worst " << took.back() << " ms");
  }
}

TEST_CASE("a violation is shown with few faults, and those alone show it again") {
  cluster_options options;
  options.planted.count_one_copy = true;
  const auto seed = first_failure(options, 5, "without a quorum");
  const auto all = draw_faults(seed, options);
  const auto few = shrink(seed, options, all);
  CHECK(few.size() < all.size());
  CHECK(cluster_world(seed, options, chosen(all, few)).run() != "");
}

TEST_CASE("planted in a cluster: an acknowledgement before the fsync is caught") {
  cluster_options options;
  options.planted.acknowledge_unsynced = true;
  options.write_share = 1; // else a reader or a deleter sees it first
  options.delete_share = 0;
  CHECK(first_failure(options, 30, "lost") > 0);
}

TEST_CASE("planted in a cluster: one copy that is called a quorum is caught") {
  cluster_options options;
  options.planted.count_one_copy = true;
  CHECK(first_failure(options, 5, "without a quorum") > 0);
}

TEST_CASE("planted in a cluster: a copy that is cut off and still says that it has all is caught") {
  cluster_options options;
  options.planted.trust_old_news = true;
  CHECK(first_failure(options, 20, "ms old lacks") > 0);
}

TEST_CASE("planted in a cluster: an entry that one member does not apply is caught") {
  cluster_options options;
  options.planted.skip_some_applies = true;
  CHECK(first_failure(options, 10, "other state") > 0);
}

TEST_CASE("planted in a cluster: an entry that nobody wrote is caught") {
  cluster_options options;
  options.planted.invent_entries = true;
  CHECK(first_failure(options, 5, "nobody wrote") > 0);
}

TEST_CASE("planted in a cluster: a delete that is forgotten is caught") {
  cluster_options options;
  options.planted.skip_deletes = true;
  CHECK(first_failure(options, 10, "a deleted memory came back") > 0);
}

TEST_CASE("planted in a cluster: a token that is not waited for is caught") {
  cluster_options options;
  options.planted.ignore_tokens = true;
  CHECK(first_failure(options, 20, "no longer sees") > 0);
}

TEST_CASE("planted in a cluster: a stream's item that is named anew when sent again is caught") {
  cluster_options options;
  options.planted.fresh_names = true;
  CHECK(first_failure(options, 40, "took effect twice") > 0);
}

TEST_CASE("planted in a cluster: a quorum read that asks one replica is caught") {
  cluster_options options;
  options.planted.read_one_copy = true;
  CHECK(first_failure(options, 40, "a quorum read missed") > 0);
}

TEST_CASE("planted in a cluster: concepts that depend on the order of arrival are caught") {
  cluster_options options;
  options.planted.consolidate_by_ordinals = true;
  CHECK(first_failure(options, 10, "other concepts") > 0);
}

TEST_CASE("planted in a cluster: a sheet that outlives its space is caught") {
  cluster_options options;
  options.planted.keep_sheets = true;
  CHECK(first_failure(options, 10, "keeps the sheet") > 0);
}

TEST_CASE("planted in a cluster: members that never pull is caught") {
  cluster_options options;
  options.planted.never_pull = true;
  CHECK(first_failure(options, 10, "no agreement") > 0);
}

TEST_CASE("planted in a cluster: a member that hears no tables is caught") {
  cluster_options options;
  options.planted.forget_refutations = true;
  CHECK(first_failure(options, 20, "live members for dead") > 0);
}

TEST_CASE("planted in a cluster: a drop that is ignored is caught") {
  cluster_options options;
  options.planted.ignore_drops = true;
  CHECK(first_failure(options, 20, "holds a space that was dropped") > 0);
}

TEST_CASE("planted in a cluster: one that is dead for good and never given up is caught") {
  cluster_options options;
  options.planted.wait_for_the_dead = true;
  CHECK(first_failure(options, 20, "dead for good") > 0);
}

TEST_CASE("planted in a cluster: a copy that goes before others have what it has is caught") {
  // Twice as many members come at once as there were: of some space all copies have to move.
  const auto broken = [](std::uint64_t seed, bool planted) {
    cluster_options options;
    options.nodes = 3;
    options.spares = 6;
    options.planted.drop_strays_early = planted;
    std::vector<fault> faults;
    for (std::size_t i = 0; i < options.spares; ++i)
      faults.push_back({base::duration{10'000}, fault_kind::join});
    return cluster_world(seed, options, faults).run();
  };
  bool caught = false;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CHECK(broken(seed, false) == "");
    caught = caught || broken(seed, true).find("lost") != std::string::npos;
  }
  CHECK(caught);
}

TEST_CASE("planted in a cluster: timers that a jump of the wall clock stops are caught") {
  // While one member hears nobody all clocks are set back by eighty seconds.
  const auto broken = [](std::uint64_t seed, bool planted) {
    cluster_options options;
    options.planted.wall_clock_timers = planted;
    std::vector<fault> faults{{base::duration{27'000}, fault_kind::isolate, seed % 5, 0, 2'900}};
    for (std::size_t who = 0; who < options.nodes; ++who)
      faults.push_back({base::duration{28'000}, fault_kind::clock_jump, who, 0, 8'001});
    return cluster_world(seed, options, faults).run();
  };
  bool caught = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CHECK(broken(seed, false) == "");
    caught = caught || !broken(seed, true).empty();
  }
  CHECK(caught);
}

TEST_CASE("simulated time passes faster than real time") {
  auto options = quiet_options();
  options.operations_per_second = 1'000;
  options.write_share = 0.1;
  cluster_world::tally counted;
  const auto busy = speed_of(options, base::duration{20'000}, &counted);
  options.operations_per_second = 0;
  const auto idle = speed_of(options, base::duration{600'000});
  MESSAGE("virtual seconds per second of one core: "
          << busy << " at 1,000 operations/s (1 of 10 writes, " << counted.answered
          << " answered), " << idle << " idle");
  CHECK(counted.answered > 15'000);
}

TEST_SUITE_END();

} // namespace engram::simulation

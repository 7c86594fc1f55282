#include "membership/swim/swim.hpp"

#include "membership/swim/swim_world.hpp"
#include "tests/support/doctest.hpp"

#include <set>

namespace engram::membership {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_SUITE_BEGIN("membership");

TEST_CASE("nodes that know one seed find each other within a second or two") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    swim_world world(5, {}, seed, false);
    world.run_for(seconds{3});
    CHECK(world.agreed());
  }
}

TEST_CASE("a killed member is suspected, then declared dead, by everybody and for good") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    swim_world world(5, {}, seed, true);
    world.run_for(seconds{5});
    world.kill(3);
    world.run_for(seconds{12});
    CHECK(world.agreed());
    CHECK(world.belief(0, 3)->state == member_state::dead);
    world.run_for(minutes{5});
    CHECK(world.agreed());
  }
}

TEST_CASE("a quiet network accuses nobody, even when every fifth packet is lost") {
  std::uint64_t failures = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    swim_world_config config;
    config.loss = 0.2;
    swim_world world(10, config, seed, true);
    world.on_event = [&](std::size_t, const member_change& change) {
      failures += change.what == member_event::failed;
    };
    world.run_for(minutes{10});
  }
  CHECK(failures == 0);
}

TEST_CASE(
    "a suspect that answers late refutes with a higher incarnation and is not declared dead") {
  swim_world world(5, {}, 3, true);
  world.run_for(seconds{5});
  std::uint64_t suspected = 0, failed = 0;
  world.on_event = [&](std::size_t, const member_change& change) {
    suspected += change.what == member_event::suspected;
    failed += change.what == member_event::failed;
  };
  world.block(2, world.now() + seconds{3});
  world.run_for(seconds{20});
  CHECK(suspected > 0);
  CHECK(failed == 0);
  CHECK(world.agreed());
  CHECK(world.node(2).incarnation() > 1);
}

TEST_CASE("a partition of any length heals, within ten seconds of its end") {
  for (const base::duration length :
       {base::duration{seconds{10}}, base::duration{minutes{10}}, base::duration{hours{24}}}) {
    const std::uint64_t seeds = length > hours{1} ? 1 : 20;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      CAPTURE(length.count());
      CAPTURE(seed);
      swim_world world(5, {}, seed, true);
      world.run_for(seconds{2});
      world.passes = [](std::size_t a, std::size_t b) { return (a < 2) == (b < 2); };
      world.run_for(length);
      world.passes = {};
      world.run_for(seconds{10});
      CHECK(world.agreed());
    }
  }
}

TEST_CASE("a hundred members heal as fast, and nobody is declared dead on the way") {
  swim_world world(100, {}, 4, true);
  world.run_for(seconds{2});
  world.passes = [](std::size_t a, std::size_t b) { return (a < 40) == (b < 40); };
  world.run_for(minutes{2});
  world.passes = {};
  std::uint64_t failed = 0;
  world.on_event = [&](std::size_t, const member_change& change) {
    failed += change.what == member_event::failed;
  };
  world.run_for(seconds{10});
  CHECK(world.agreed());
  CHECK(failed == 0);
}

TEST_CASE("members restarted together in any order, some without their disk, all come back") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    swim_world world(7, {}, seed, true);
    world.run_for(seconds{3});
    for (std::size_t i = 0; i < 7; ++i) {
      world.kill(i);
      world.run_for(base::duration{static_cast<std::int64_t>(world.random().below(3'000))});
      if (world.random().chance(0.7)) world.restart(i, world.random().chance(0.3));
    }
    for (std::size_t i = 0; i < 7; ++i) {
      if (!world.running(i)) world.restart(i);
    }
    world.run_for(seconds{20});
    CHECK(world.agreed());
  }
}

TEST_CASE("overloaded members have nobody declared dead, and a crash among them is found") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    swim_world world(20, {}, seed, true);
    world.run_for(seconds{3});
    std::set<std::string> dead;
    world.on_event = [&](std::size_t, const member_change& change) {
      if (change.what == member_event::failed) dead.insert(change.who.gossip_address);
    };
    const auto overload = [&] { // members 0, 1 and 2 handle packets for 0.2 s, then not for 6
      for (std::size_t i = 0; i < 3; ++i) world.mute(i, world.now() + seconds{6});
      world.run_for(base::duration{6'200});
    };
    for (int turn = 0; turn < 10; ++turn) overload();
    for (std::size_t i = 3; i < 20; ++i) CHECK_FALSE(dead.contains(std::to_string(i)));
    world.kill(19);
    for (int turn = 0; turn < 3; ++turn) overload();
    CHECK(dead.contains("19"));
  }
}

TEST_CASE("a member that leaves is held for left, and a seed that is gone does not stop the rest") {
  swim_world world(4, {}, 9, true);
  world.run_for(seconds{2});
  world.leave(0);
  world.run_for(seconds{2});
  world.kill(0);
  world.run_for(seconds{30});
  for (std::size_t i = 1; i < 4; ++i) CHECK(world.belief(i, 0)->state == member_state::left);
}

TEST_CASE("a member that pauses is held for dead without having been suspected, and comes back") {
  swim_world world(4, {}, 9, true);
  world.run_for(seconds{2});
  world.on_event = [](std::size_t, const member_change& change) {
    CHECK(change.what == member_event::failed);
  };
  world.pause(0);
  world.run_for(seconds{1}); // it hears what the others say of it, and does not refute
  world.kill(0);
  for (std::size_t i = 1; i < 4; ++i) CHECK(world.belief(i, 0)->state == member_state::dead);
  world.on_event = {};
  world.restart(0);
  const auto start = world.now();
  world.run_until(start + minutes{1}, [&] { return world.agreed(); });
  CHECK(world.agreed());
}

TEST_CASE("equal seeds give equal runs") {
  const auto run = [](std::uint64_t seed) {
    swim_world_config config;
    config.loss = 0.3;
    swim_world world(6, config, seed, false);
    std::string trace;
    world.on_event = [&](std::size_t at, const member_change& change) {
      trace += std::to_string(world.now().ms) + ' ' + std::to_string(at) + ' ' +
               std::to_string(static_cast<int>(change.what)) + '\n';
    };
    world.run_for(minutes{2});
    return trace + std::to_string(world.packets());
  };
  CHECK(run(5) == run(5));
  CHECK(run(5) != run(6));
}

TEST_SUITE_END();

} // namespace engram::membership

#include "actors/compute_pool.hpp"

#include "tests/support/doctest.hpp"

#include <future>
#include <latch>

using namespace engram;
using namespace engram::actors;

TEST_CASE("a full queue refuses early and what was admitted runs") {
  base::registry registry;
  compute_pool pool(1, 2, registry);
  std::latch started(1);
  std::promise<void> gate;
  auto open = gate.get_future().share();
  std::atomic<int> ran{0};
  REQUIRE(pool.submit([&started, open] {
    started.count_down();
    open.wait();
  }));
  started.wait();
  REQUIRE(pool.submit([&] { ++ran; }));
  REQUIRE(pool.submit([&] { ++ran; }));
  CHECK(pool.submit([&] { ++ran; }).error().code == base::errc::overloaded);
  CHECK(pool.submit_admitted([&] { ++ran; }));
  gate.set_value();
  pool.stop();
  CHECK(ran == 3);
  CHECK(pool.submit([] {}).error().code == base::errc::shutting_down);
}

TEST_CASE("a loop visits every index once, even from inside the pool") {
  base::registry registry;
  compute_pool pool(2, 16, registry);
  std::vector<std::atomic<int>> visits(1000);
  std::promise<void> done;
  REQUIRE(pool.submit([&] {
    pool.for_each(visits.size(), [&](std::size_t i) { ++visits[i]; });
    done.set_value();
  }));
  done.get_future().wait();
  for (const auto& v : visits) CHECK(v == 1);
}

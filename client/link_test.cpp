// Several servers behind one connection.
#include "client/testing/fake_node.hpp"
#include "tests/support/doctest.hpp"

namespace engram::client {
namespace {

using names = std::vector<std::string>;

struct set_clock final : kj::MonotonicClock {
  kj::TimePoint at = kj::origin<kj::TimePoint>();
  kj::TimePoint now() const override { return at; }
};

} // namespace

TEST_SUITE_BEGIN("client");

TEST_CASE("the first server that answers is used, and the others are left alone") {
  fake_nodes f;
  f.nodes[0].is_there = false;
  const auto made = f.open(3);
  REQUIRE(made);
  CHECK(f.remember(*made, "a"));
  CHECK(f.nodes[1].asked == names{"a"});
  CHECK(f.nodes[2].dialled == 0);
}

TEST_CASE(
    "a server that says nothing is gone on from, and nobody is there when none says anything") {
  fake_nodes f;
  f.nodes[0].is_mute = f.nodes[1].is_mute = true;
  CHECK(f.open(3));
  CHECK(f.nodes[2].dialled == 1);
  f.nodes[2].is_mute = true;
  CHECK(f.open(3).error().code == base::errc::disconnected);
}

TEST_CASE("when nobody is there each server was dialled once and the loss is told") {
  fake_nodes f;
  for (auto& each : f.nodes) each.is_there = false;
  const auto made = f.open(3);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == base::errc::disconnected);
  for (const auto& each : f.nodes) CHECK(each.dialled == 1);
}

TEST_CASE("what a node cannot do now is done by the next one under the same id") {
  using enum base::errc;
  for (const auto code : {unavailable, shutting_down, overloaded, too_few_replicas, clock_skew}) {
    fake_nodes f;
    f.nodes[0].refusal = code;
    const auto made = f.open(2);
    REQUIRE(made);
    CHECK(f.remember(*made, "a"));
    CHECK(f.nodes[0].asked == names{"a"});
    CHECK(f.nodes[1].asked == names{"a"});
    CHECK(f.remember(*made, "b"));
    CHECK(f.nodes[1].asked == names{"a", "b"}); // and it stays there
  }
}

TEST_CASE("what would be refused anywhere is refused at once") {
  fake_nodes f;
  f.nodes[0].refusal = base::errc::conflict;
  const auto made = f.open(3);
  REQUIRE(made);
  CHECK(f.remember(*made, "a").error().code == base::errc::conflict);
  CHECK(f.nodes[0].asked.size() == 1);
  CHECK(f.nodes[1].dialled == 0);
}

TEST_CASE("an error that another node may not have is met at each server once") {
  fake_nodes f;
  for (auto& each : f.nodes) each.refusal = base::errc::shutting_down;
  const auto made = f.open(3);
  REQUIRE(made);
  CHECK(f.remember(*made, "a").error().code == base::errc::shutting_down);
  for (const auto& each : f.nodes) CHECK(each.asked.size() == 1);
}

TEST_CASE("a wrong key is told by the first server, another version by the last") {
  fake_nodes f;
  connection_options wrong;
  wrong.key = "wrong";
  CHECK(f.open(2, wrong).error().code == base::errc::unauthenticated);
  CHECK(f.nodes[1].dialled == 0);
  f.nodes[0].speaks_our_version = false;
  CHECK(f.open(2));
  CHECK(f.nodes[1].dialled == 1);
}

TEST_CASE("a lone server is tried again while patience lasts, then its refusal is the answer") {
  fake_nodes f;
  f.nodes[0].refusal = base::errc::overloaded;
  const auto made = f.open(1);
  REQUIRE(made);
  CHECK(f.remember(*made, "a").error().code == base::errc::overloaded);
  CHECK(f.nodes[0].asked.size() == 8); // after 0, 50, 150, 350, 750, 1550, 2550, 3550 ms
  CHECK(f.nodes[0].dialled == 1);
}

TEST_CASE("a refusal after an attempt that may have taken effect is itself uncertain") {
  fake_nodes f;
  const auto made = f.open(2);
  REQUIRE(made);
  f.nodes[0].hangs_up_next = true;
  f.nodes[1].item_refusal = base::errc::conflict;
  const auto doubtful = f.remember(*made, "a");
  REQUIRE(doubtful);
  CHECK(doubtful->items.at(0).error().certainty() == base::certainty::indefinite);
  CHECK(doubtful->items[0].error().context.find("conflict") != std::string::npos);
  const auto sure = f.remember(*made, "b"); // the first attempt is refused
  REQUIRE(sure);
  CHECK(sure->items.at(0).error().code == base::errc::conflict);
}

TEST_CASE("so is the refusal of a whole call") {
  fake_nodes f;
  const auto made = f.open(2);
  REQUIRE(made);
  f.nodes[0].hangs_up_next = true;
  f.nodes[1].refusal = base::errc::unknown_space;
  CHECK(f.remember(*made, "a").error().certainty() == base::certainty::indefinite);
  CHECK(f.remember(*made, "b").error().code == base::errc::unknown_space);
}

TEST_CASE("a second counts from when it is asked for, however long nobody ran the loop before") {
  event_loop loop;
  set_clock clock;
  kj::TimerImpl below(clock.now());
  live_timer timer(below, clock);
  clock.at += 60 * kj::SECONDS; // the loop's own timer stands still meanwhile
  bool is_over = false;
  const auto waits =
      timer.afterDelay(1 * kj::SECONDS).then([&] { is_over = true; }).eagerlyEvaluate(nullptr);
  below.advanceTo(clock.now());
  loop.io().waitScope.poll();
  CHECK_FALSE(is_over);
  below.advanceTo(clock.now() + 1 * kj::SECONDS);
  loop.io().waitScope.poll();
  CHECK(is_over);
}

TEST_SUITE_END();

} // namespace engram::client

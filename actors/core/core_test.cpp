#include "actors/core/admission.hpp"
#include "actors/core/router.hpp"
#include "actors/core/scatter.hpp"
#include "actors/core/space_keeper.hpp"
#include "actors/core/token.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

using namespace engram;
using namespace engram::actors;
using namespace std::chrono_literals;

namespace {

template <class Id>
Id id(std::uint64_t n) {
  return Id{base::hash128{n, n}};
}
base::space_id space(std::uint64_t n) { return id<base::space_id>(n); }
base::store_id node(std::uint64_t n) { return id<base::store_id>(n); }

base::error failure(base::errc code) { return {code, "test"}; }

} // namespace

TEST_SUITE("token") {
  TEST_CASE("a token gives back the vector it was made of, and nothing about another space") {
    base::random random(1);
    for (int round = 0; round < 50; ++round) {
      version_vector seen;
      for (std::uint64_t i = random.below(20); i > 0; --i)
        seen.raise(base::origin_id{random.hash()}, 1 + random.below(1u << 30));
      const auto token = make_token(space(1), seen, {});
      CHECK(*read_token(token, space(1)) == seen);
      CHECK(read_token(token, space(2))->empty());
    }
  }
  TEST_CASE("a token stays within its bound and keeps the writer's own origin") {
    base::random random(2);
    version_vector seen;
    for (int i = 0; i < 1000; ++i) seen.raise(base::origin_id{random.hash()}, ~0ull);
    const base::origin_id mine{base::hash128{~0ull, ~0ull}};
    seen.raise(mine, 7);
    const auto token = make_token(space(1), seen, mine);
    CHECK(token.size() <= token_bytes_max);
    CHECK(read_token(token, space(1))->at(mine) == 7);
    CHECK(seen.covers(*read_token(token, space(1))));
  }
  TEST_CASE("random bytes are no token, and never more than an error") {
    base::random random(3);
    for (int i = 0; i < 2'000; ++i) {
      std::string bytes(random.below(60), '\0');
      for (auto& c : bytes) c = static_cast<char>(random.below(256));
      if (!bytes.empty() && random.chance(0.7)) bytes[0] = 1;
      if (const auto read = read_token(bytes, space(1)); !read)
        CHECK(read.error().code == base::errc::invalid_argument);
    }
    CHECK(read_token("", space(1))->empty());
  }
}

TEST_SUITE("admission") {
  TEST_CASE("writes beyond the bound are refused early and admitted again when others end") {
    admission a({100, 2});
    REQUIRE(a.take_write(60));
    REQUIRE(a.take_write(40));
    CHECK(a.take_write(1).error().code == base::errc::overloaded);
    a.give_write(60);
    CHECK(a.take_write(50));
    CHECK(a.writes() == 2);
  }
  TEST_CASE("a write larger than the bound goes alone") {
    admission a({100, 2});
    REQUIRE(a.take_write(1000));
    CHECK_FALSE(a.take_write(1));
  }
  TEST_CASE("a draining node refuses writes and still reads; a closed one refuses both") {
    admission a({100, 1});
    a.drain();
    CHECK(a.take_write(1).error().code == base::errc::shutting_down);
    REQUIRE(a.take_read());
    CHECK(a.take_read().error().code == base::errc::overloaded);
    a.give_read();
    a.close();
    CHECK(a.take_read().error().code == base::errc::shutting_down);
  }
}

TEST_SUITE("router") {
  TEST_CASE("alone, every space is here and a quorum is one copy") {
    router r(node(1), 3);
    r.set_members({{node(1), "", membership::member_state::alive}});
    const auto to = r.find(space(9));
    CHECK(to.local);
    CHECK(to.replicas == std::vector{node(1)});
    for (const auto d : {durability::local, durability::quorum, durability::all})
      CHECK(*r.copies_needed(to, d) == 1);
  }
  TEST_CASE("while it is not known who the others are, this node is no quorum by itself") {
    router r(node(1), 3);
    r.set_members({{node(1), "", membership::member_state::alive}}, false);
    const auto to = r.find(space(9));
    CHECK(*r.copies_needed(to, durability::local) == 1);
    for (const auto d : {durability::quorum, durability::all})
      CHECK(r.copies_needed(to, d).error().code == base::errc::too_few_replicas);
    CHECK(r.voices_needed(to).error().code == base::errc::too_few_replicas);
  }
  TEST_CASE("this node is asked first, members that look dead last; too few copies are refused") {
    router r(node(1), 3);
    using enum membership::member_state;
    r.set_members({{node(1), "", alive}, {node(2), "", dead}, {node(3), "", alive}});
    const auto to = r.find(space(9));
    CHECK(to.replicas == std::vector{node(1), node(3), node(2)});
    CHECK(*r.copies_needed(to, durability::quorum) == 2);
    CHECK(r.copies_needed(to, durability::all).error().code == base::errc::too_few_replicas);
  }
}

TEST_SUITE("scatter") {
  scatter two_spaces(scatter_rules rules) {
    return scatter({{space(1), {node(1), node(2)}}, {space(2), {node(1)}}}, rules);
  }
  TEST_CASE("every space is asked once and the query ends when all have answered") {
    auto s = two_spaces({1s, 0s});
    const auto started = s.start(0s);
    REQUIRE(started.asks.size() == 2);
    CHECK_FALSE(s.step_answer(1, 0, {}, 1ms).finished);
    CHECK(s.step_answer(0, 0, {}, 2ms).finished);
    CHECK_FALSE(s.step_answer(0, 0, {}, 3ms).finished); // once
  }
  TEST_CASE("a failing space is asked elsewhere, until nobody is left") {
    auto s = two_spaces({1s, 0s});
    s.start(0s);
    const auto again = s.step_answer(0, 0, failure(base::errc::unavailable), 1ms);
    REQUIRE(again.asks.size() == 1);
    CHECK(again.asks[0].replica == node(2));
    CHECK(s.step_answer(0, 0, failure(base::errc::unavailable), 1ms).asks.empty());
    s.step_answer(0, 1, failure(base::errc::overloaded), 2ms);
    CHECK(s.slots()[0].state == scatter::slot_state::failed);
    CHECK(s.slots()[0].error->code == base::errc::unavailable);
  }
  TEST_CASE("what is wrong everywhere is not asked again") {
    auto s = two_spaces({1s, 0s});
    s.start(0s);
    CHECK(s.step_answer(0, 0, failure(base::errc::unknown_space), 1ms).asks.empty());
  }
  TEST_CASE(
      "a write goes elsewhere only when it certainly did not happen and nobody is overloaded") {
    const auto asked_elsewhere = [](base::errc why) {
      auto w = two_spaces({1s, 1ms, true});
      w.start(0s);
      CHECK(w.tick(500ms).asks.empty()); // silence is no refusal
      return !w.step_answer(0, 0, failure(why), 501ms).asks.empty();
    };
    CHECK(asked_elsewhere(base::errc::unavailable));
    CHECK(asked_elsewhere(base::errc::shutting_down));
    CHECK(asked_elsewhere(base::errc::disk_reserve));
    CHECK_FALSE(asked_elsewhere(base::errc::disconnected));
    CHECK_FALSE(asked_elsewhere(base::errc::timed_out));
    CHECK_FALSE(asked_elsewhere(base::errc::overloaded));
    CHECK_FALSE(asked_elsewhere(base::errc::conflict));
  }
  TEST_CASE("a write that may have happened elsewhere is not told as refused") {
    auto w = two_spaces({1s, 0s, true});
    w.start(0s);
    w.step_answer(0, 0, failure(base::errc::unavailable), 1ms);
    w.step_answer(0, 1, failure(base::errc::timed_out), 2ms);
    CHECK(w.slots()[0].error->code == base::errc::timed_out);
  }
  TEST_CASE("a silent replica is not waited for; its late answer still counts") {
    auto s = two_spaces({1s, 100ms});
    s.start(0s);
    CHECK(s.tick(99ms).asks.empty());
    CHECK(s.tick(100ms).asks.size() == 1);
    CHECK(s.tick(300ms).asks.empty()); // nobody left
    s.step_answer(0, 0, {}, 310ms);
    CHECK(s.slots()[0].state == scatter::slot_state::answered);
  }
  TEST_CASE("the deadline ends it with what has come") {
    auto s = two_spaces({1s, 0s});
    s.start(0s);
    s.step_answer(0, 0, {}, 1ms);
    CHECK_FALSE(s.tick(999ms).finished);
    CHECK(s.tick(1s).finished);
    CHECK(s.slots()[0].state == scatter::slot_state::answered);
    CHECK(s.slots()[1].state == scatter::slot_state::expired);
    CHECK_FALSE(s.tick(2s).finished);
  }
  TEST_CASE("whatever comes in whatever order, it finishes exactly once") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      CAPTURE(seed);
      base::random random(seed);
      std::vector<scatter_target> targets(1 + random.below(4));
      for (auto& t : targets)
        for (std::uint64_t n = random.below(4); n > 0; --n) t.replicas.push_back(node(n));
      scatter s(targets, {10ms, nanoseconds(random.below(5'000'000)), random.chance(0.5)});
      int finished = s.start(0s).finished;
      for (nanoseconds now{0}; now <= 11ms; now += 500us) {
        const base::errc codes[] = {base::errc::ok, base::errc::unavailable, base::errc::conflict};
        const auto code = codes[random.below(3)];
        std::optional<base::error> error;
        if (code != base::errc::ok) error = failure(code);
        finished += s.step_answer(random.below(targets.size()),
                                  static_cast<std::uint32_t>(random.below(3)), error, now)
                        .finished;
        finished += s.tick(now).finished;
      }
      CHECK(finished == 1);
    }
  }
}

TEST_SUITE("space keeper") {
  const log_place entry{id<base::origin_id>(1), 5};

  TEST_CASE("a space is opened once however many want it") {
    space_keeper k({});
    CHECK(k.step_wanted(space(1)).open.size() == 1);
    CHECK(k.step_wanted(space(1)).open.empty());
    k.step_opened(space(1));
    CHECK(k.phase(space(1)) == space_phase::open);
    CHECK(k.step_wanted(space(1)).open.empty());
  }
  TEST_CASE("a crash reopens; the second on one entry parks, and other spaces do not notice") {
    space_keeper k({});
    for (std::uint64_t n : {1, 2}) {
      k.step_wanted(space(n));
      k.step_opened(space(n));
    }
    CHECK(k.step_failed(space(1), failure(base::errc::internal), entry, 1s).open.size() == 1);
    const auto second = k.step_failed(space(1), failure(base::errc::internal), entry, 2s);
    CHECK(second.open.empty());
    REQUIRE(second.park.size() == 1);
    CHECK(k.phase(space(1)) == space_phase::parked);
    CHECK(k.parked_for(space(1)) != nullptr);
    CHECK(k.step_wanted(space(1)).open.empty());
    CHECK(k.phase(space(2)) == space_phase::open);
  }
  TEST_CASE("crashes of unknown cause are forgiven within the budget only") {
    space_keeper k({2, 10s, 0});
    k.step_wanted(space(1));
    CHECK(k.step_failed(space(1), failure(base::errc::internal), {}, 1s).open.size() == 1);
    CHECK(k.step_failed(space(1), failure(base::errc::internal), {}, 2s).open.size() == 1);
    CHECK(k.step_failed(space(1), failure(base::errc::internal), {}, 20s).open.size() == 1);
    CHECK(k.step_failed(space(1), failure(base::errc::internal), {}, 21s).open.size() == 1);
    CHECK(k.step_failed(space(1), failure(base::errc::internal), {}, 22s).park.size() == 1);
  }
  TEST_CASE("what this version cannot read parks at once") {
    space_keeper k({});
    k.step_wanted(space(1));
    CHECK(k.step_failed(space(1), failure(base::errc::unsupported_format), entry, 1s).park.size() ==
          1);
  }
  TEST_CASE("under the budget the longest unused space is closed, a busy one never") {
    space_keeper k({5, 10s, 100});
    for (std::uint64_t n : {1, 2, 3}) {
      k.step_wanted(space(n));
      k.step_opened(space(n));
    }
    const auto closed =
        k.tick({{space(3), 40, 9s, false}, {space(1), 50, 1s, true}, {space(2), 40, 5s, false}});
    CHECK(closed.close == std::vector{space(2)});
    CHECK(k.tick({{space(3), 40, 9s, false}, {space(1), 50, 1s, false}}).close.empty());
    CHECK(k.step_wanted(space(2)).open.empty()); // still closing
    CHECK(k.step_closed(space(2)).open == std::vector{space(2)});
  }
}

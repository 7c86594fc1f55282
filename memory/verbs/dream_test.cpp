#include "memory/codec.hpp"
#include "memory/verbs/dream.hpp"
#include "tests/support/space_fixture.hpp"

namespace engram::memory {
namespace {

constexpr std::int64_t DAY_MS = 86'400'000;

/// heron -> crane -> derrick, and others that hang together with nothing.
void learn(test_space& t) {
  for (const auto* word : {"heron", "crane", "derrick", "violin", "marble"}) t.remember(word, word);
  t.write(associate_op{associated("heron", "crane", 0.9)});
  t.write(associate_op{associated("crane", "derrick", 0.9)});
}

recall_setting setting(const test_space& t) { return {t.words, {}, {}}; }

/// Days after the first was stored.
dream_query asked(double days, std::uint32_t cycles) {
  dream_query out;
  out.cycles = cycles;
  out.now = base::instant{1'000'000 + static_cast<std::int64_t>(days * DAY_MS)};
  return out;
}

double left(test_space& t, const char* id, base::instant now) {
  recall_query query;
  query.cue.text = id;
  query.explain = true;
  query.now = now;
  const auto view = t.state.publish();
  for (const hit& h : recall(*view->index, setting(t), query).hits)
    if (h.id == id) return h.why->retention;
  return 0;
}

std::vector<std::string> reached(test_space& t, const char* from, base::instant now) {
  spread_query query;
  query.from = {from};
  query.hops = 1;
  query.now = now;
  std::vector<std::string> out;
  for (const auto& a : spread(*t.state.publish()->index, setting(t), query).memories)
    out.push_back(a.id);
  std::sort(out.begin(), out.end());
  return out;
}

TEST_SUITE("memory") {

  TEST_CASE("a dream strengthens what it replays and links what only others joined") {
    test_space t;
    learn(t);
    const auto query = asked(2, 5);
    const auto later = base::instant{query.now.ms + DAY_MS};
    const double before = left(t, "heron", later);
    CHECK(reached(t, "heron", later) == std::vector<std::string>{"crane", "heron"});
    const auto made = dream(*t.state.publish()->index, setting(t), query);
    CHECK(made.finished);
    CHECK(made.replays.size() == 5);
    CHECK(made.linked >= 1);
    for (const auto& operation : made.operations) t.write(operation);
    CHECK(left(t, "heron", later) > 1.2 * before);
    CHECK(left(t, "violin", later) > 1.2 * before);
    CHECK(reached(t, "heron", later) == std::vector<std::string>{"crane", "derrick", "heron"});
    for (const auto& replay : made.replays) {
      CHECK(replay.gain > 0);
      if (replay.ids.front() == "heron") CHECK(replay.novelty > 0);
      if (replay.ids.front() == "marble") CHECK(replay.ids.size() == 1);
    }
  }

  TEST_CASE("a dream is bounded, tells its progress, and stops when it is told to") {
    test_space t;
    learn(t);
    const auto view = t.state.publish();
    CHECK(dream(*view->index, setting(t), asked(2, 3)).replays.size() == 3);
    CHECK(dream(*view->index, setting(t), asked(2, 1'000)).replays.size() == 5);
    std::uint32_t told = 0;
    const auto stopped =
        dream(*view->index, setting(t), asked(2, 4), [&](const dream_progress& progress) {
          CHECK(progress.of == 4);
          CHECK(progress.cycle == ++told);
          CHECK_FALSE(progress.replay->ids.empty());
          return told < 2;
        });
    CHECK(stopped.replays.size() == 2);
    CHECK_FALSE(stopped.finished);
  }

  TEST_CASE("the same space dreams the same, and an empty one of nothing") {
    test_space a, b, empty;
    learn(a);
    learn(b);
    const auto bytes = [](test_space& t) {
      std::string out;
      for (const auto& operation :
           dream(*t.state.publish()->index, setting(t), asked(9, 4)).operations)
        out += encode(operation).payload;
      return out;
    };
    CHECK(bytes(a) == bytes(b));
    CHECK_FALSE(bytes(a).empty());
    const auto nothing = dream(*empty.state.publish()->index, setting(empty), asked(1, 3));
    CHECK(nothing.replays.empty());
    CHECK(nothing.finished);
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory

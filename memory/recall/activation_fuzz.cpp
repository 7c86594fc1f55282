// What spreads is the same whether associations are read from compiled rows, from rows of which
// some are stale, or from the runs, and in whatever order they came.

#include "memory/recall/activation.hpp"
#include "memory/recall/recall_fixture.hpp"

#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

constexpr std::uint64_t MEMORIES = 60;

/// Few weights, so that many contributions are equally strong.
std::vector<test_edge> draw_edges(base::random& from, std::size_t count) {
  std::vector<test_edge> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({"m" + std::to_string(from.below(MEMORIES + 4)), // some ends never come
                   "m" + std::to_string(from.below(MEMORIES + 4)),
                   from.chance(0.5) ? "cause" : "part", from.chance(0.5) ? 0.5 : 1.0});
  return out;
}

struct step {
  std::size_t memory = 0;
  std::optional<test_edge> association;
};

std::vector<step> draw_steps(base::random& from) {
  std::vector<step> out;
  for (std::size_t i = 0; i < MEMORIES; ++i) out.push_back({i, {}});
  // One association may come several times, then the last word stands: so each but once here.
  std::vector<test_edge> edges = draw_edges(from, 3 * MEMORIES);
  std::sort(edges.begin(), edges.end(), [](const test_edge& a, const test_edge& b) {
    return std::tie(a.source, a.target, a.kind) < std::tie(b.source, b.target, b.kind);
  });
  edges.erase(std::unique(edges.begin(), edges.end(),
                          [](const test_edge& a, const test_edge& b) {
                            return a.source == b.source && a.target == b.target && a.kind == b.kind;
                          }),
              edges.end());
  for (test_edge& e : edges) out.push_back({0, std::move(e)});
  return out;
}

/// `settled`: how much of it is in compiled rows, from none to all.
std::shared_ptr<const snapshot> build(test_index& into, std::vector<step> steps, base::random& by,
                                      double settled) {
  for (std::size_t i = steps.size(); i > 1; --i) std::swap(steps[i - 1], steps[by.below(i)]);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (const auto& e = steps[i].association)
      into.relate(*e);
    else
      into.add("m" + std::to_string(steps[i].memory), "word" + std::to_string(steps[i].memory));
    if (by.chance(0.1)) into.memories->publish();
    if (static_cast<double>(i + 1) > settled * static_cast<double>(steps.size())) continue;
    if (!by.chance(0.05) && i + 1 != steps.size()) continue;
    into.memories->publish();
    while (into.memories->settle()) {
    }
  }
  return into.memories->publish();
}

std::string answers(const snapshot& on, const analyser& words, std::uint64_t seed) {
  base::random from(seed);
  std::string out;
  for (int i = 0; i < 8; ++i) {
    spread_query q;
    q.from = {"m" + std::to_string(from.below(MEMORIES)),
              "m" + std::to_string(from.below(MEMORIES))};
    q.kinds = {"cause"};
    if (from.chance(0.5)) q.kinds.push_back("inverse-part");
    if (from.chance(0.3)) q.kinds.push_back("rare-term");
    q.fan = static_cast<std::uint32_t>(1 + from.below(12));
    q.budget = from.chance(0.5) ? 1024 : static_cast<std::uint32_t>(1 + from.below(6));
    q.limit = from.chance(0.5) ? 1000 : static_cast<std::uint32_t>(1 + from.below(20));
    q.threshold = from.chance(0.5) ? 0 : 0.05;
    for (const activated& a : spread(on, {words}, q).memories) {
      out += a.id + ' ' + std::to_string(a.activation.raw);
      for (const spread_step& s : a.best_path)
        out += ' ' + s.from + '>' + s.to + s.kind + std::to_string(base::q32::from(s.amount).raw);
      out += '\n';
    }
  }
  return out;
}

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("activation is the same over compiled, stale and no rows") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      CAPTURE(seed);
      base::random by(seed);
      const auto steps = draw_steps(by);
      test_index plain;
      const auto runs = build(plain, steps, by, 0);
      REQUIRE_FALSE(runs->edges().rows);
      const std::string expected = answers(*runs, plain.words, seed);
      REQUIRE(expected.size() > 200);
      for (const double settled : {0.5, 0.9, 1.0}) {
        CAPTURE(settled);
        test_index other;
        const auto view = build(other, steps, by, settled);
        REQUIRE(view->edges().rows);
        REQUIRE(answers(*view, other.words, seed) == expected);
      }
    }
  }

  TEST_CASE("what is associated, removed and hidden after rows were compiled counts at once") {
    test_index t;
    for (const char* id : {"a", "b", "c", "d"}) t.add(id, id);
    t.relate({"a", "b", "near", 1});
    t.relate({"a", "late", "near", 1});
    t.memories->publish();
    while (t.memories->settle()) {
    }
    REQUIRE(t.memories->publish()->edges().rows);
    const auto reached_from_a = [&t] {
      spread_query q;
      q.from = {"a"};
      q.kinds = {"near"};
      std::string ids;
      for (const activated& one : spread(*t.memories->publish(), {t.words}, q).memories)
        ids += one.id + ' ';
      return ids;
    };
    CHECK(reached_from_a() == "a b ");
    t.relate({"b", "c", "near", 1});
    CHECK(reached_from_a() == "a b c ");
    t.relate({"a", "b", "near", 0});
    CHECK(reached_from_a() == "a ");
    t.add("late", "late"); // its association was there before it
    CHECK(reached_from_a() == "a late ");
    t.memories->set_visible(4, false);
    CHECK(reached_from_a() == "a ");
  }

  TEST_CASE("questions answered at once by one thread, over spaces of any size, do not meet") {
    test_index small, large;
    for (const char* id : {"a", "b"}) small.add(id, id);
    for (const char* id : {"x", "y", "z", "a", "b", "c"}) large.add(id, id);
    small.relate({"a", "b", "near", 1});
    for (const char* id : {"y", "z", "a"}) large.relate({"x", id, "near", 1});
    const auto few = small.memories->publish(), many = large.memories->publish();
    spread_query q;
    q.kinds = {"near"};
    const auto spread_from = [&](const snapshot& on, std::uint32_t ordinal) {
      activation alone(on, {}, q);
      alone.seed(ordinal, base::q32::from(1));
      alone.run();
      return alone.all().size();
    };
    activation outer(*many, {}, q);
    outer.seed(0, base::q32::from(1));
    CHECK(spread_from(*few, 0) == 2);
    outer.run();
    CHECK(outer.all().size() == 4);
    CHECK(spread_from(*many, 5) == 1);
    CHECK(spread_from(*many, 0) == 4);
    CHECK(outer.all().of(1).from == 0);
  }

  TEST_CASE("the budget bounds how many pass on in one hop, the most activated first") {
    test_index t;
    for (const char* id : {"hub", "loud", "soft", "loud-friend", "soft-friend"}) t.add(id, id);
    t.relate({"hub", "loud", "near", 1});
    t.relate({"hub", "soft", "near", 0.5});
    t.relate({"loud", "loud-friend", "near", 1});
    t.relate({"soft", "soft-friend", "near", 1});
    spread_query q;
    q.from = {"hub"};
    q.kinds = {"near"};
    q.threshold = 0;
    const auto has = [&](const char* id) {
      const auto found = spread(*t.memories->publish(), {t.words}, q).memories;
      return std::any_of(found.begin(), found.end(),
                         [&](const activated& a) { return a.id == id; });
    };
    CHECK(has("soft-friend"));
    q.budget = 1;
    CHECK(has("loud-friend"));
    CHECK_FALSE(has("soft-friend"));
  }
}

} // namespace engram::memory

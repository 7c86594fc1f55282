#include "memory/recall/recall_fixture.hpp"

#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

using names = std::vector<std::string>;

episode titled(std::string id, std::string title, std::string text) {
  episode e;
  e.id = std::move(id);
  e.title = std::move(title);
  e.text = std::move(text);
  return e;
}

/// Three that tell of the comet, one of the tailor.
void tell(test_index& t, bool titles) {
  const auto title = [titles](std::string text) { return titles ? text : std::string(); };
  t.add(titled("comet", title("Comet Halley"), "the comet returns after seventy six years"));
  t.add(titled("years", title("Years of the comet"), "the comet returns after years"));
  t.add(titled("return", title("A return"), "the comet returns after many years of night"));
  t.add(titled("tailor", title("The tailor"), "the tailor sews a coat"));
}

recall_query asking(std::string text, std::uint32_t limit = 10) {
  recall_query q;
  q.cue.text = std::move(text);
  q.limit = limit;
  q.explain = true;
  return q;
}

names ids(const recall_answer& answer) {
  names out;
  for (const hit& h : answer.hits) out.push_back(h.id);
  return out;
}

const char* const QUESTION = "does the comet return after years of night, and the coat";

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("of titled memories the second is about what the first left open") {
    test_index t;
    tell(t, true);
    const names found = ids(t.ask(asking(QUESTION)));
    REQUIRE(found.size() == 4);
    CHECK(found[0] != "tailor");
    CHECK(found[1] == "tailor");
  }

  TEST_CASE("turns without titles keep their order however much they restate") {
    test_index t;
    tell(t, false);
    const recall_answer answer = t.ask(asking(QUESTION));
    CHECK(ids(answer)[1] != "tailor");
    for (const hit& h : answer.hits)
      for (const auto& [name, value] : h.why->factors) CHECK(name != "told-above");
  }

  TEST_CASE("a shorter list is the beginning of a longer one, and scores never rise down it") {
    test_index t;
    tell(t, true);
    for (int i = 0; i < 100; ++i)
      t.add(titled("more-" + std::to_string(i), i % 3 ? "Comets " + std::to_string(i) : "",
                   i % 2 ? "a comet was seen" : "a tailor in other years"));
    const recall_answer all = t.ask(asking(QUESTION, 1000));
    REQUIRE(all.hits.size() == 104);
    for (std::size_t i = 1; i < all.hits.size(); ++i)
      CHECK(all.hits[i - 1].score >= all.hits[i].score);
    for (const std::uint32_t limit : {1u, 3u, 10u, 63u, 64u, 65u, 90u}) {
      const recall_answer few = t.ask(asking(QUESTION, limit));
      REQUIRE(few.hits.size() == limit);
      for (std::size_t i = 0; i < limit; ++i) {
        CHECK(few.hits[i].id == all.hits[i].id);
        CHECK(few.hits[i].score == all.hits[i].score);
      }
    }
  }

  TEST_CASE("an explanation names what habituation took") {
    test_index t;
    tell(t, true);
    const recall_answer answer = t.ask(asking(QUESTION));
    CHECK(answer.hits.front().why->factors.empty());
    const auto& last = answer.hits.back().why->factors;
    REQUIRE(last.size() == 1);
    CHECK(last.front().first == "told-above");
    CHECK(last.front().second < 1);
    CHECK(last.front().second >= 0.399);
  }
}

} // namespace engram::memory

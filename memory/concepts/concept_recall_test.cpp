#include "memory/concepts/concept_recall.hpp"

#include "memory/concepts/concept_fixture.hpp"
#include "memory/concepts/facets.hpp"

#include "tests/support/doctest.hpp"

namespace engram::memory {

namespace {

cue asking(std::string text) {
  cue out;
  out.text = std::move(text);
  return out;
}

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("a cue brings up the concept whose members tell of it, also when they are hidden") {
    test_index in;
    in.add("tea1", "green tea with Ada in the garden");
    in.add("tea2", "tea and cake with Ada in her garden");
    in.add("tea3", "Ada poured green tea, the garden was wet");
    in.add("ship1", "the ship left the harbour with iron cargo");
    in.add("ship2", "iron cargo for the ship in the harbour");
    in.add("ship3", "a ship full of iron lay in the harbour");
    const auto view = in.memories->publish();
    const concept_set made = consolidate(*view);
    REQUIRE_EQ(made.concepts.size(), 2u);

    const auto hits = recall_concepts(made, in.words, asking("who drank tea in a garden?"), 10);
    REQUIRE_FALSE(hits.empty());
    CHECK_EQ(cited_ids(*view, *hits.front().what),
             std::vector<std::string>{"tea1", "tea2", "tea3"});
    // What a single member said is known as well, and for less.
    const auto cake = recall_concepts(made, in.words, asking("cake garden"), 10);
    REQUIRE_FALSE(cake.empty());
    CHECK_EQ(cake.front().what->name, hits.front().what->name);
    CHECK_LT(cake.front().score, base::q32::from(1));
    CHECK(recall_concepts(made, in.words, asking("zeppelin"), 10).empty());
    CHECK_EQ(recall_concepts(made, in.words, asking("iron tea"), 1).size(), 1u);
  }

  TEST_CASE("a vector brings up the concept that points its way") {
    test_index in(32);
    for (const episode& e : topical_episodes(5, 400, 32)) in.add(e);
    const auto view = in.memories->publish();
    const concept_set made = consolidate(*view);
    int checked = 0;
    for (const auto& record : made.concepts) {
      if (record->basis != concept_basis::embeddings) continue;
      cue by_vector;
      by_vector.vector = embedding{record->centroid, 1};
      const auto hits = recall_concepts(made, in.words, by_vector, 3);
      REQUIRE_FALSE(hits.empty());
      // Another may point exactly the same way: then it is as good.
      REQUIRE_GE(cosine(hits.front().what->centroid, record->centroid), 65'000);
      ++checked;
    }
    CHECK_GT(checked, 3);
  }

  TEST_CASE("words that stood together bring up their concept before words that did not") {
    // Each has both words once; only of the second one facet has both.
    test_index in;
    const auto tell = [&in](const std::string& topic, const std::vector<std::string>& more) {
      for (std::size_t i = 0; i < more.size(); ++i) {
        episode e;
        e.id = topic + std::to_string(i);
        e.text = topic + " " + more[i];
        e.when = base::instant{static_cast<std::int64_t>(1'000 * i)};
        in.add(e);
      }
    };
    tell("harbour ship iron cargo", {"heron", "", "", "", "", "", "", "violin"});
    tell("garden tea green cake", {"heron", "violin", "", "", "", "", "", ""});
    const auto view = in.memories->publish();
    const concept_set made = consolidate(*view);
    REQUIRE_EQ(made.concepts.size(), 2u);
    const auto hits = recall_concepts(made, in.words, asking("heron violin"), 10);
    REQUIRE_EQ(hits.size(), 2u);
    CHECK_EQ(cited_ids(*view, *hits.front().what).front(), "garden tea green cake0");
    CHECK_GT(hits[0].score, hits[1].score);
  }

  TEST_CASE("a filter knows every word of each facet, and few that it did not learn") {
    base::random random(3);
    CHECK_FALSE(knows({}, 7));
    CHECK(filter_of({}).empty());
    std::vector<std::uint64_t> words;
    for (std::uint32_t i = 0; i < 1500; ++i) words.push_back(in_facet(random.next(), i % 5));
    const auto filter = filter_of(words);
    CHECK_EQ(filter.size(), (1500u * 10 + 63) / 64);
    for (const std::uint64_t word : words) REQUIRE(knows(filter, word));
    int wrong = 0;
    for (std::uint32_t i = 0; i < 10'000; ++i)
      wrong += knows(filter, in_facet(random.next(), i % 5)) ? 1 : 0;
    CHECK_LT(wrong, 200); // one in 80 by the formula
    CHECK_GT(wrong, 60);
  }

  TEST_CASE("facets are stretches of members that differ by one in size at most") {
    for (std::uint32_t members = 1; members < 200; ++members) {
      std::vector<std::uint32_t> sizes(facets_of(members), 0);
      for (std::uint32_t i = 0; i < members; ++i) ++sizes.at(facet_of(i, members));
      const auto [least, most] = std::minmax_element(sizes.begin(), sizes.end());
      REQUIRE_LE(*most, FACET_MAX);
      REQUIRE_LE(*most - *least, 1u);
    }
  }

} // TEST_SUITE

} // namespace engram::memory

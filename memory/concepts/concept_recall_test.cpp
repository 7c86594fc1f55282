#include "memory/concepts/concept_recall.hpp"

#include "memory/concepts/concept_fixture.hpp"
#include "memory/concepts/word_filter.hpp"

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

  TEST_CASE("a filter knows every word it learnt, and few that it did not") {
    base::random random(3);
    std::vector<std::uint64_t> filter, other, keys;
    CHECK_FALSE(knows_word(filter, 7));
    for (int i = 0; i < 1500; ++i) {
      keys.push_back(random.next());
      learn_word(i % 2 == 0 ? filter : other, keys.back());
    }
    learn_all(filter, other);
    for (const std::uint64_t key : keys) REQUIRE(knows_word(filter, key));
    int wrong = 0;
    for (int i = 0; i < 10'000; ++i) wrong += knows_word(filter, random.next()) ? 1 : 0;
    CHECK_LT(wrong, 400); // one in 35 by the formula
    CHECK_GT(wrong, 200);
  }

} // TEST_SUITE

} // namespace engram::memory

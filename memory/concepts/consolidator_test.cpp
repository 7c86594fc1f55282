#include "memory/concepts/consolidator.hpp"

#include "memory/concepts/concept_fixture.hpp"
#include "memory/vector/simd_targets.hpp"

#include "tests/support/doctest.hpp"

#include <set>

namespace engram::memory {

namespace {

/// Three things that go together, thrice, and one that is like nothing.
std::vector<episode> small_world() {
  std::vector<episode> out;
  const auto add = [&](std::string id, std::string text, std::int64_t day) {
    episode e;
    e.id = std::move(id);
    e.text = std::move(text);
    e.when = base::instant{day * 86'400'000};
    out.push_back(std::move(e));
  };
  add("tea1", "green tea with Ada in the garden", 1);
  add("tea2", "tea and cake with Ada in her garden", 2);
  add("tea3", "Ada poured green tea, the garden was wet", 3);
  add("ship1", "the ship left the harbour with iron cargo", 10);
  add("ship2", "iron cargo for the ship in the harbour", 11);
  add("ship3", "a ship full of iron lay in the harbour", 12);
  add("none", "seven mathematicians quarrelled", 5);
  return out;
}

std::shared_ptr<const snapshot> filled(test_index& in, const std::vector<episode>& all) {
  for (const episode& e : all) in.add(e);
  return in.memories->publish();
}

const concept_record& with_member(const snapshot& on, const concept_set& all, std::string id) {
  for (const auto& record : all.concepts)
    for (const std::string& cited : cited_ids(on, *record))
      if (cited == id) return *record;
  FAIL("no concept cites " << id);
  return *all.concepts.front();
}

} // namespace

/// What consolidation amounts to; another value needs another engine version.
const std::string EMBEDDED = "b977aea6f424ebc5a5c4525c829f8f13";
const std::string WORDED = "f688359e9cc3c851c680e0af16c00a79";

TEST_SUITE("memory") {

  TEST_CASE("episodes that tell of the same make a concept that cites them") {
    test_index in;
    const auto view = filled(in, small_world());
    const concept_set made = consolidate(*view);

    REQUIRE_EQ(made.concepts.size(), 2u);
    const concept_record& tea = with_member(*view, made, "tea2");
    CHECK_EQ(cited_ids(*view, tea), std::vector<std::string>{"tea1", "tea2", "tea3"});
    CHECK_EQ(tea.members, 3u);
    CHECK_EQ(tea.basis, concept_basis::words);
    CHECK_EQ(tea.first.ms, 86'400'000);
    CHECK_EQ(tea.last.ms, 3 * 86'400'000);
    CHECK_EQ(tea.name, name_of_concept(tea.exemplar));
    CHECK_EQ(tea.exemplar, std::min({in.key("tea1"), in.key("tea2"), in.key("tea3")}));
    CHECK_GT(tea.coherence, 32'768u);
    CHECK_GT(tea.strength, 0u);
    CHECK_LT(tea.strength, tea.coherence);
    std::set<std::uint64_t> words;
    for (const concept_word& word : tea.words) words.insert(word.key);
    CHECK(words.contains(in.words.analyse_query("garden").words.front().key));
    CHECK_FALSE(words.contains(in.words.analyse_query("cake").words.front().key));
  }

  TEST_CASE("what all members say exactly alike is a concept of full coherence") {
    test_index in;
    for (const char* id : {"a", "b", "c", "d"}) in.add(id, "the very same words");
    const concept_set made = consolidate(*in.memories->publish());
    REQUIRE_EQ(made.concepts.size(), 1u);
    CHECK_GE(made.concepts.front()->coherence, 65'500u);
    CHECK_EQ(made.concepts.front()->members, 4u);
    CHECK_FALSE(made.concepts.front()->has_when);
  }

  TEST_CASE("a new member changes a concept's version and not its name") {
    test_index in;
    consolidator kept;
    const auto before_view = filled(in, small_world());
    const concept_record before = with_member(*before_view, finished(kept, before_view), "tea1");

    // Keys are hashes: of two new members one may become the exemplar, of thirty some stay.
    int renamed = 0, unchanged = 0;
    for (int i = 0; i < 8; ++i) {
      in.add("more" + std::to_string(i), "green tea in the garden with Ada again");
      const auto view = in.memories->publish();
      const concept_set made = finished(kept, view);
      const concept_record& after = with_member(*view, made, "tea1");
      CHECK_NE(after.version, before.version);
      const bool lesser = in.key("more" + std::to_string(i)) < before.exemplar;
      if (lesser) ++renamed;
      if (after.name == before.name) ++unchanged;
    }
    CHECK_EQ(renamed == 0, unchanged == 8);
  }

  TEST_CASE("a concept keeps its version while others come and go") {
    test_index in(32);
    const auto episodes = topical_episodes(3, 200, 32);
    const auto view = filled(in, episodes);
    consolidator kept;
    const concept_set before = finished(kept, view);
    episode stranger;
    stranger.id = "stranger";
    stranger.text = "nothing like it";
    std::vector<float> x(32, -1);
    stranger.embedding = base::quantise(x).value();
    in.add(stranger);
    const concept_set after = finished(kept, in.memories->publish());
    std::set<base::hash128> versions;
    for (const auto& record : after.concepts) versions.insert(record->version);
    int same = 0, embedded = 0;
    for (const auto& record : before.concepts) {
      if (record->basis != concept_basis::embeddings) continue;
      ++embedded;
      if (versions.contains(record->version)) ++same;
    }
    CHECK_GT(embedded, 3);
    CHECK_GE(same, embedded - 1); // words of a leaf weigh a little less with each member
  }

  TEST_CASE("an empty space, or one of strangers, has no concepts") {
    test_index in;
    CHECK(consolidate(*in.memories->publish()).concepts.empty());
    in.add("a", "one");
    in.add("b", "two");
    in.add("c", "three");
    CHECK(consolidate(*in.memories->publish()).concepts.empty());
  }

  TEST_CASE("fewer than the least number of members are no concept") {
    test_index in;
    in.add("a", "the very same words");
    in.add("b", "the very same words");
    CHECK(consolidate(*in.memories->publish()).concepts.empty());
    concept_config pairs;
    pairs.members_min = 2;
    CHECK_EQ(consolidate(*in.memories->publish(), pairs).concepts.size(), 1u);
  }

  TEST_CASE("another configuration makes what it would have made from scratch") {
    test_index in(32);
    const auto view = filled(in, topical_episodes(8, 700, 32));
    consolidator kept;
    const concept_set before = finished(kept, view);
    concept_config stricter;
    stricter.similarity = 60'000;
    stricter.words_similarity = 20'000;
    kept.configure(stricter);
    while (!kept.step(3)) {
    }
    CHECK_NE(kept.concepts()->signature, before.signature);
    CHECK_EQ(kept.concepts()->signature, consolidate(*view, stricter).signature);
    kept.configure({});
    kept.step(SIZE_MAX);
    CHECK_EQ(kept.concepts()->signature, before.signature);
  }

  TEST_CASE("a topic that comes up again years later is one concept of several parts") {
    test_index in(64);
    std::vector<float> x(64);
    base::random random(5);
    for (int year = 0; year < 6; ++year)
      for (int i = 0; i < 200; ++i) {
        for (float& value : x) value = static_cast<float>(random.unit() - 0.5);
        if (i % 20 == 0)
          for (std::size_t j = 0; j < x.size(); ++j) x[j] = x[j] * 0.2f + (j % 3 == 0 ? 1.f : 0.f);
        episode e;
        e.id = "y" + std::to_string(year) + "n" + std::to_string(i);
        e.text = "noted";
        e.when = base::instant{year * 31'557'600'000 + i * 86'400'000ll};
        e.embedding = base::quantise(x).value();
        in.add(e);
      }
    const auto view = in.memories->publish();
    const concept_set made = consolidate(*view);
    REQUIRE_EQ(made.concepts.size(), 1u);
    const concept_record& topic = *made.concepts.front();
    CHECK_GE(topic.members, 57u); // one that is alone in its leaf goes unnoticed
    CHECK_LE(topic.members, 60u);
    CHECK_EQ(cited(topic).size(), topic.members);
    CHECK_FALSE(topic.parts.empty());
    CHECK_LT(topic.first.ms, 31'557'600'000);
    CHECK_GT(topic.last.ms, 5 * 31'557'600'000);
    for (const std::uint32_t ordinal : cited(topic)) CHECK_EQ(ordinal % 20, 0u);
  }

  TEST_CASE("every SIMD target and every compiler makes the same concepts") {
    test_index in(96);
    const auto view = filled(in, topical_episodes(11, 900, 96));
    for (const std::int64_t target : all_targets()) {
      CAPTURE(target_name(target));
      const only_target forced(target);
      CHECK_EQ(consolidate(*view).signature.hex(), EMBEDDED);
    }
    test_index words_only;
    const auto words_view = filled(words_only, topical_episodes(12, 900, 0));
    CHECK_EQ(consolidate(*words_view).signature.hex(), WORDED);
  }

} // TEST_SUITE

} // namespace engram::memory

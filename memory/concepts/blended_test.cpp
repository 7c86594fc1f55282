#include "memory/concepts/blended.hpp"

#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

hit hit_of(const char* id, double score, double confidence, double own = 1, double told = 0) {
  hit h;
  h.id = id;
  h.score = base::q32::from(score);
  h.confidence = {0, confidence, 1};
  h.why.emplace();
  h.why->cues.push_back({"heron", own, told});
  return h;
}

concept_hit concept_of(double score, double coherence) {
  auto made = std::make_shared<concept_record>();
  made->coherence = static_cast<std::uint32_t>(coherence * 65536);
  return {made, base::q32::from(score)};
}

TEST_SUITE("memory") {

  TEST_CASE("episodes and concepts stand in one list, each in a group that says what it is") {
    recall_answer episodes;
    episodes.hits = {hit_of("a", 8, 0.5), hit_of("b", 4, 0.4, 1, 3), hit_of("c", 1, 0.2)};
    const auto list = blend(episodes, {concept_of(1.5, 0.9), concept_of(0.75, 0.9)}, 10);
    REQUIRE(list.size() == 5);
    CHECK(list[0].group == recall_group::vivid);
    CHECK(list[0].hit == 0);
    CHECK(list[0].score.to_double() == doctest::Approx(0.7));
    CHECK(list[1].group == recall_group::associated);
    CHECK(list[2].group == recall_group::reconstructed);
    CHECK(list[2].score.to_double() == doctest::Approx(0.3));
    CHECK(list[2].what);
    for (std::size_t i = 1; i < list.size(); ++i) CHECK(list[i].score <= list[i - 1].score);
    CHECK(blend(episodes, {concept_of(1.5, 0.9)}, 2).size() == 2);
  }

  TEST_CASE("a sure episode counts more, an unsure one leaves more to concepts") {
    const auto best_concept = [](double confidence, double coherence = 0.9) {
      recall_answer episodes;
      episodes.hits = {hit_of("a", 8, confidence)};
      for (const auto& item : blend(episodes, {concept_of(1, coherence)}, 10))
        if (item.group == recall_group::reconstructed) return item.score.to_double();
      return 0.0;
    };
    CHECK(best_concept(0.9) < best_concept(0.5));
    CHECK(best_concept(0.5) < best_concept(0.2));
    CHECK(best_concept(0.5, 0.5) == doctest::Approx(best_concept(0.5) / 2));
  }

  TEST_CASE("either side may be empty, and then the other stands alone") {
    recall_answer none, some;
    some.hits = {hit_of("a", 8, 0.5)};
    CHECK(blend(none, {}, 10).empty());
    CHECK(blend(some, {}, 10).at(0).score.to_double() == doctest::Approx(1));
    CHECK(blend(none, {concept_of(1, 0.9)}, 10).at(0).score.to_double() == doctest::Approx(1));
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory

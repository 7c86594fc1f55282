#include "base/random.hpp"
#include "memory/concepts/gist.hpp"
#include "memory/index/keys.hpp"
#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

const base::space_id notes{{1, 2}}, diary{{3, 4}};

concept_record record_about(const std::vector<std::string>& words) {
  concept_record out;
  out.name = {{7, 8}};
  out.version = {9, 10};
  out.strength = 32'768;
  out.coherence = 40'000;
  out.members = 5;
  std::uint32_t weight = 60'000;
  const analyser english("english");
  for (const auto& word : words)
    for (const auto& each : english.analyse_query(word).words)
      out.words.push_back({each.key, weight -= 1'000});
  return out;
}

concept_cue asked(const base::space_id& space, const std::string& text) {
  cue what;
  what.text = text;
  return cue_for(space, analyser("english"), what);
}

} // namespace

TEST_SUITE("memory") {
  TEST_CASE("a gist survives its encoding, which is the only one it has") {
    base::random random(5);
    for (int i = 0; i < 300; ++i) {
      concept_gist gist;
      for (auto n = random.below(4); n > 0; --n)
        gist.centroid.push_back(static_cast<std::int8_t>(random.below(255)));
      gist.coherence = static_cast<std::uint32_t>(random.below(65'537));
      gist.strength = static_cast<std::uint32_t>(random.below(65'537));
      gist.members = static_cast<std::uint32_t>(random.next());
      gist.has_when = random.chance(0.5);
      if (gist.has_when)
        gist.first.ms = -5, gist.last.ms = static_cast<std::int64_t>(random.below(99));
      for (auto n = random.below(4); n > 0; --n)
        gist.words.push_back(
            {static_cast<std::uint32_t>(random.next()), static_cast<std::uint32_t>(random.next())});
      const auto bytes = encode(gist);
      const auto back = decode_gist(bytes);
      REQUIRE(back);
      CHECK(*back == gist);
      auto changed = bytes;
      if (changed.empty()) continue;
      changed[random.below(changed.size())] ^= static_cast<char>(1 << random.below(8));
      if (const auto other = decode_gist(changed)) CHECK(encode(*other) == changed);
    }
  }

  TEST_CASE("similarity is the share of the cue's words that the concept has, or the cosine") {
    const auto gist = gist_of(record_about({"heron", "river", "winter"}), notes);
    CHECK(gist.centroid.empty());
    CHECK(similarity_of(gist, asked(notes, "herons by the river")) == 65'536);
    CHECK(similarity_of(gist, asked(notes, "heron and violin")) == 32'768);
    CHECK(similarity_of(gist, asked(notes, "violin")) == 0);
    CHECK(match_of(65'536, gist) == gist.strength);

    auto record = record_about({"heron"});
    record.basis = concept_basis::embeddings;
    record.centroid = {127, 0, 0};
    const auto seen = gist_of(record, notes);
    cue what;
    what.vector = embedding{{127, 127, 0}, 1};
    const auto cosine = similarity_of(seen, cue_for(notes, analyser("english"), what));
    CHECK(cosine > 46'000);
    CHECK(cosine < 46'700);
    what.vector = embedding{{-127, 0, 0}, 1};
    CHECK(similarity_of(seen, cue_for(notes, analyser("english"), what)) == 0);
    what.vector = embedding{{127, 0}, 1};
    CHECK(similarity_of(seen, cue_for(notes, analyser("english"), what)) == 0);
  }

  TEST_CASE("the prints of one word differ between spaces") {
    const auto gist = gist_of(record_about({"heron"}), notes);
    CHECK(similarity_of(gist, asked(diary, "heron")) == 0);
    CHECK(encode(gist).find("heron") == std::string::npos);
  }
}

} // namespace engram::memory

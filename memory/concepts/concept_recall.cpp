#include "memory/concepts/concept_recall.hpp"

#include "memory/concepts/word_filter.hpp"
#include "memory/recall/cues.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

/// How much a concept has to do with a word, in [0, 1].
double share_of(const concept_record& one, std::uint64_t key) {
  for (const concept_word& word : one.words) {
    if (word.key != key) continue;
    const double share = static_cast<double>(word.weight) / one.members;
    return 0.5 + 0.5 * share / (share + 1);
  }
  return knows_word(one.any_words, key) ? 0.5 : 0;
}

/// A word of the cue, and how rare it is among the concepts.
struct rare_word {
  std::uint64_t key = 0;
  double rarity = 0;
};

std::vector<rare_word> rarities(const concept_set& among, const analyser& words, const cue& asked) {
  std::vector<rare_word> out;
  for (const query_word& word : words.analyse_query(asked.text).words) {
    std::uint32_t with = 0;
    for (const auto& one : among.concepts) with += share_of(*one, word.key) > 0 ? 1 : 0;
    if (with == 0) continue;
    out.push_back(
        {word.key, inverse_frequency(static_cast<std::uint32_t>(among.concepts.size()), with)});
  }
  return out;
}

} // namespace

std::vector<concept_hit> recall_concepts(const concept_set& among, const analyser& words,
                                         const cue& asked, std::size_t limit) {
  const std::vector<rare_word> cue_words = rarities(among, words, asked);
  double whole = 0;
  for (const rare_word& word : cue_words) whole += word.rarity;
  if (whole == 0) whole = 1;
  std::vector<concept_hit> found;
  for (const auto& one : among.concepts) {
    double sum = 0;
    for (const rare_word& word : cue_words) sum += word.rarity * share_of(*one, word.key);
    if (asked.vector && one->basis == concept_basis::embeddings)
      sum += whole * std::max(0, cosine(asked.vector->values, one->centroid)) / 65536;
    const base::q32 score = base::q32::from(sum / whole);
    if (score > base::q32{}) found.push_back({one, score});
  }
  const auto better = [](const concept_hit& a, const concept_hit& b) {
    return a.score != b.score ? a.score > b.score : a.what->name < b.what->name;
  };
  std::sort(found.begin(), found.end(), better);
  if (found.size() > limit) found.resize(limit);
  return found;
}

} // namespace engram::memory

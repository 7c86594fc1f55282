#include "memory/concepts/concept_recall.hpp"

#include "memory/concepts/facets.hpp"
#include "memory/recall/cues.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

/// Which facets of all concepts, one concept's after the other's, use each word of the cue.
struct reading {
  struct word {
    std::uint64_t key = 0;
    double rarity = 0; // among facets
    std::vector<bool> used;
  };
  std::vector<word> words;
  double whole = 0; // of the rarities
};

/// A joined concept has the facets of its parts; one of embeddings is one facet, of what it shares.
void read_facets(const concept_record& of, std::uint64_t key, std::vector<bool>& to) {
  for (const auto& part : of.parts) read_facets(*part, key, to);
  if (!of.parts.empty()) return;
  if (of.basis == concept_basis::embeddings)
    to.push_back(std::any_of(of.words.begin(), of.words.end(),
                             [key](const concept_word& word) { return word.key == key; }));
  else
    for (std::uint32_t facet = 0; facet < facets_of(of.members); ++facet)
      to.push_back(knows(of.facets, in_facet(key, facet)));
}

std::size_t count_facets(const concept_record& of) {
  if (of.parts.empty()) return of.basis == concept_basis::embeddings ? 1 : facets_of(of.members);
  std::size_t sum = 0;
  for (const auto& part : of.parts) sum += count_facets(*part);
  return sum;
}

reading read(const concept_set& all, const analyser& words, const cue& asked) {
  reading out;
  for (const query_word& each : words.analyse_query(asked.text).words) {
    reading::word word{each.key, 0, {}};
    for (const auto& one : all.concepts) read_facets(*one, each.key, word.used);
    const auto with = std::count(word.used.begin(), word.used.end(), true);
    if (with == 0) continue;
    word.rarity = inverse_frequency(static_cast<std::uint32_t>(word.used.size()),
                                    static_cast<std::uint32_t>(with));
    out.whole += word.rarity;
    out.words.push_back(std::move(word));
  }
  return out;
}

/// How many of the members share it, in [0, 1).
double shared_by(const concept_record& one, std::uint64_t key) {
  for (const concept_word& word : one.words) {
    if (word.key != key) continue;
    const double share = static_cast<double>(word.weight) / one.members;
    return share / (share + 1);
  }
  return 0;
}

/// Share of the cue's words that a concept covers, as the best of its facets tells it: of each word
/// one third if any facet uses it, one if this does, up to one the more members share it.
double coverage(const concept_record& one, const reading& cue_words, std::size_t first,
                std::size_t facets) {
  std::vector<double> by_facet(facets, 0);
  double by_all = 0;
  for (const reading::word& word : cue_words.words) {
    bool known = false;
    for (std::size_t i = 0; i < facets; ++i) {
      if (!word.used[first + i]) continue;
      known = true;
      by_facet[i] += word.rarity;
    }
    if (known) by_all += word.rarity * (1 + shared_by(one, word.key));
  }
  return (by_all + *std::max_element(by_facet.begin(), by_facet.end())) / 3;
}

} // namespace

std::vector<concept_hit> recall_concepts(const concept_set& among, const analyser& words,
                                         const cue& asked, std::size_t limit) {
  const reading cue_words = read(among, words, asked);
  const double whole = cue_words.whole > 0 ? cue_words.whole : 1;
  std::vector<concept_hit> found;
  std::size_t first = 0;
  for (const auto& one : among.concepts) {
    const std::size_t facets = count_facets(*one);
    double sum = coverage(*one, cue_words, first, facets);
    first += facets;
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

#include "memory/concepts/blended.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

using base::q32;

constexpr double EPISODES = 0.7, CONCEPTS = 0.3;
constexpr double SURE = 0.8, UNSURE = 0.3;
constexpr double INCOHERENT = 0.6;

struct weights {
  double episodes, concepts;
};

weights weigh(const recall_answer& answer, bool with_concepts) {
  weights w{EPISODES, with_concepts ? CONCEPTS : 0};
  const double sure = answer.hits.empty() ? 0 : answer.hits.front().confidence.point;
  if (answer.hits.empty()) w.episodes = 0;
  if (sure > SURE) w.episodes *= 1.2;
  if (sure < UNSURE) w.concepts *= 1.3;
  const double sum = w.episodes + w.concepts;
  return sum > 0 ? weights{w.episodes / sum, w.concepts / sum} : w;
}

} // namespace

recall_group group_of(const hit& h) {
  if (!h.why) return recall_group::vivid;
  double own = 0, told = 0;
  for (const cue_share& share : h.why->cues) {
    own += share.first_hand;
    told += share.by_association;
  }
  return told > own ? recall_group::associated : recall_group::vivid;
}

std::vector<blended_item> blend(const recall_answer& episodes,
                                const std::vector<concept_hit>& concepts, std::size_t limit) {
  const weights w = weigh(episodes, !concepts.empty());
  q32 best_hit, best_concept;
  for (const hit& h : episodes.hits) best_hit = std::max(best_hit, h.score);
  for (const concept_hit& c : concepts) best_concept = std::max(best_concept, c.score);
  std::vector<blended_item> out;
  for (std::size_t i = 0; i < episodes.hits.size() && best_hit.raw > 0; ++i) {
    const hit& h = episodes.hits[i];
    const double share = h.score.to_double() / best_hit.to_double();
    out.push_back({group_of(h), q32::from(w.episodes * share), i, nullptr});
  }
  for (const concept_hit& c : concepts) {
    if (best_concept.raw <= 0) break;
    const double share = c.score.to_double() / best_concept.to_double();
    const double coherence = c.what->coherence / 65536.0;
    const double counts = coherence < INCOHERENT ? 0.5 : 1;
    out.push_back({recall_group::reconstructed, q32::from(w.concepts * share * counts), 0, c.what});
  }
  // Both came in their own total orders.
  std::stable_sort(out.begin(), out.end(),
                   [](const blended_item& a, const blended_item& b) { return a.score > b.score; });
  if (out.size() > limit) out.resize(limit);
  return out;
}

} // namespace engram::memory

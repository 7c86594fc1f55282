#pragma once
// One list of what happened and of what several memories have in common (complementary learning
// systems; McClelland, McNaughton and O'Reilly 1995): episodes that came up, and the concepts that
// the cue brings up. Pure; a function of both answers.
//
//   episode  w_e * score / best score of an episode
//   concept  w_c * score / best score of a concept
//
// w_e, w_c: .7 and .3; a best episode that is sure (> .8) counts 1.2 times, and concepts 1.3 times
// when it is not (< .3); a concept of little coherence (< .6) counts half; weights sum to one.

#include "memory/concepts/concept_recall.hpp"
#include "memory/types.hpp"

#include <vector>

namespace engram::memory {

/// vivid: it carries most of its evidence itself. associated: others brought it up.
/// reconstructed: a concept, not a memory. Without an explanation a hit counts as vivid.
enum class recall_group : std::uint8_t { vivid, associated, reconstructed };

struct blended_item {
  recall_group group = recall_group::vivid;
  base::q32 score;                            // in [0, 1]
  std::size_t hit = 0;                        // of the answer, or
  std::shared_ptr<const concept_record> what; // reconstructed
};

recall_group group_of(const hit& h);

/// Best first; of equals episodes first, in their order.
std::vector<blended_item> blend(const recall_answer& episodes,
                                const std::vector<concept_hit>& concepts, std::size_t limit);

} // namespace engram::memory

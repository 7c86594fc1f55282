#pragma once
// Which concepts a cue brings up: by the words that their members share and by the direction they
// have in common. What a space still knows of memories that are out of reach, faded or held back.
// Pure; a function of the set of concepts and the cue.

#include "memory/concepts/concept.hpp"
#include "memory/text/analyser.hpp"
#include "memory/types.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace engram::memory {

struct concept_hit {
  std::shared_ptr<const concept_record> what;
  base::q32 score; // share of the cue that the concept covers; up to 2 with a vector
};

/// The best first, ties by name; none without evidence.
std::vector<concept_hit> recall_concepts(const concept_set& among, const analyser& words,
                                         const cue& asked, std::size_t limit);

} // namespace engram::memory

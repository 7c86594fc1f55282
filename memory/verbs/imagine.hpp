#pragma once
// Imagining: parts of different memories put together into an episode that never happened
// (constructive episodic simulation, Schacter and Addis 2007). What happens comes from a seed, who,
// where and when from memories that it makes think of; novelty says how remote those are, from the
// strongest associates (0) to the weakest that activation still reached (1). Pure. Reads at most
// 128 memories.
//
// Always labelled: the result is no episode but an imagined one, every part names the memory it is
// from, and a combination that some memory already has is never given.

#include "memory/recall/recall.hpp"
#include "memory/verbs/queries.hpp"
#include "memory/verbs/reader.hpp"

#include <string>
#include <vector>

namespace engram::memory {

struct imagined_part {
  episode_field field = episode_field::what;
  std::string value;
  std::string from; // id of the memory that has it
};

struct imagined_episode {
  std::vector<imagined_part> parts; // what first; from at least two memories
  double plausibility = 0;          // activation of the parts' memories by each other, in [0, 1]
};

struct imagine_answer {
  std::vector<imagined_episode> episodes; // most plausible first
};

/// Requires: seeds or a topic. Nothing is imagined from fewer than two memories.
imagine_answer imagine(const snapshot& on, const recall_setting& setting,
                       const imagine_query& query, const episode_reader& read);

} // namespace engram::memory

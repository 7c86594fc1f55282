#pragma once
// Recall and spread on a snapshot: cue -> seeds -> spreading -> forgetting -> ranking -> confidence
// -> explanation, each stage a pure function. Any thread; the answer is a function of the set of
// visible memories, the query and the configuration, to the last bit.

#include "memory/decay.hpp"
#include "memory/index/snapshot.hpp"
#include "memory/recall/recall_config.hpp"
#include "memory/reconsolidation_config.hpp"
#include "memory/text/analyser.hpp"
#include "memory/types.hpp"

namespace engram::memory {

/// What a space answers with: its words, how it forgets, its weights.
struct recall_setting {
  const analyser& words;
  decay_config decay = {};
  recall_config weights = {};
  reconsolidation_config revision = {};
};

/// Requires: a cue with at least one part; an embedding of the space's dimension. A cue that finds
/// nothing, or only words that are nowhere, gives an empty answer.
recall_answer recall(const snapshot& on, const recall_setting& setting, const recall_query& query);

/// Requires: from or a cue; hops 1..8, decay in (0, 1].
spread_answer spread(const snapshot& on, const recall_setting& setting, const spread_query& query);

} // namespace engram::memory

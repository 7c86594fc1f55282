#pragma once
// Why a memory came up: how much of its activation each cue brought first hand and by association,
// and which memories it was heard from. Computed for the hits alone, after ranking. Pure.

#include "memory/recall/cues.hpp"
#include "memory/recall/evidence.hpp"
#include "memory/recall/ranking.hpp"
#include "memory/recall/seeds.hpp"
#include "memory/recall/spreading.hpp"

#include <vector>

namespace engram::memory {

/// One explanation per hit, in their order. The cue shares of each sum to its activation.
std::vector<explanation> explain(const snapshot& on, const cue_plan& plan,
                                 const recall_config& config, base::instant now,
                                 const evidence_table& table, const std::vector<base::q32>& caps,
                                 const std::vector<sender>& senders,
                                 const std::vector<ranked>& hits);

} // namespace engram::memory

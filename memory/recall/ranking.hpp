#pragma once
// From evidence to an order: union of first-hand and heard evidence per cue, factors, forgetting,
// the best k, and how sure each is. Pure.

#include "memory/decay.hpp"
#include "memory/recall/cues.hpp"
#include "memory/recall/evidence.hpp"
#include "memory/recall/priming.hpp"

#include <string>
#include <utility>
#include <vector>

namespace engram::memory {

struct ranked {
  std::uint32_t slot = 0, ordinal = 0;
  base::q32 score, activation;
  double fresh = 1; // what habituation left of the score (memory/recall/habituation.hpp)
};

struct ranking {
  std::vector<ranked> best;     // best first
  std::uint64_t considered = 0; // memories with any activation that may be an answer
};

/// sqrt(first^2 + heard^2), heard capped: hearing again what a memory says itself adds little,
/// hearing what it lacks adds in full.
base::q32 united(base::q32 first, base::q32 heard, base::q32 cap);

/// Multipliers that do not depend on time, named; only those that are not 1.
std::vector<std::pair<std::string, double>> factors_of(const snapshot& on, const cue_plan& plan,
                                                       const recall_config& config,
                                                       std::uint32_t ordinal);

/// What forgetting leaves of a score, as a multiplier in [1 - config.forgetting, 1].
double forgetting_factor(const recall_config& config, double retention);
double retention_of(const snapshot& on, const decay_config& decay, std::uint32_t ordinal,
                    base::instant now);

/// `caps`: per channel, the most that heard evidence may count; all zero without spreading.
ranking rank(const snapshot& on, const cue_plan& plan, const recall_config& config,
             const decay_config& decay, base::instant now, const primed& easier,
             const std::vector<base::q32>& caps, const evidence_table& table, std::size_t limit);

} // namespace engram::memory

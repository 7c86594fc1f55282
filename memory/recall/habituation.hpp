#pragma once
// What was just told interests less: a hit counts for what it adds to the titled ones above it.
// Carbonell and Goldstein 1998 (maximal marginal relevance), here per cue and not per likeness of
// texts, so that the second hit is about what the first left open. Pure.

#include "memory/recall/ranking.hpp"

#include <cstddef>
#include <vector>

namespace engram::memory {

/// So many of the best by score are put in order anew, however few are wanted: a shorter list is
/// the beginning of a longer one.
inline constexpr std::size_t HABITUATION_POOL = 64;

/// Chooses one after the other the memory with the greatest
///
///     score' = score / activation * sum over cues c of A_c * (1 - config.habituation * told_c)
///
/// A_c: its evidence for the cue; told_c in [0, 1]: the most that a titled memory chosen before it
/// says of c, as a share of the most that any of the pool says. Scores never rise down the list:
/// those beyond the pool are given the least that habituation leaves. Cuts `hits` to `limit`.
void habituate(const snapshot& on, const recall_config& config, const std::vector<base::q32>& caps,
               const evidence_table& table, std::vector<ranked>& hits, std::size_t limit);

} // namespace engram::memory

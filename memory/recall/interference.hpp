#pragma once
// What else the same cue brings up, and how well a memory is told apart from it: scale-invariant
// distinctiveness in time (SIMPLE; Brown, Neath and Chater 2007). Two memories of ages s <= t are
// confused as (s / t)^c, so what was learnt long before what else is asked for is hardly mistaken
// for it; and what comes to mind less readily takes less of what comes readily (choice by relative
// strength; Luce 1959). Proactive and retroactive interference follow. Pure; told with an
// explanation, and never part of a rank.

#include "memory/index/snapshot.hpp"
#include "memory/recall/ranking.hpp"

#include <span>
#include <vector>

namespace engram::memory {

/// c: at 1 a list loses as much to those learnt before it as people's do (docs/cognition.md).
inline constexpr int CONFUSABILITY = 1;

/// For each hit the probability that it, and none of the others, is taken for what was asked for:
///     1 / sum over hits j of min(1, strength_j / strength) * (younger age / older age)^c
/// strength: activation * what forgetting left; `retained` is that of each hit.
std::vector<double> distinctness(const snapshot& on, const std::vector<ranked>& hits,
                                 std::span<const double> retained, base::instant now);

} // namespace engram::memory

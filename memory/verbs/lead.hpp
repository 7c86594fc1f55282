#pragma once
// How sure a completion is, from how far its first value leads the next: the balance of evidence
// (Vickers 1979). What a pool calls a probability has the right order and the wrong size: with many
// values that hardly differ the first is right far more often than its share says. Monotone in the
// lead, so no answer changes,
//
//     confidence = 1 / (1 + e^-(a + b log2(p1 / p2)))
//
// a and b by logistic regression on changelog entries of the earlier half of time, each with a
// field taken out (five tenths held back one after the other); docs/cognition.md gives the error on
// the later half. Pure.

#include "memory/verbs/backoff.hpp"
#include "memory/verbs/queries.hpp"

#include <vector>

namespace engram::memory {

struct lead_scale {
  double base = 0, per_doubling = 0; // a, b
};
lead_scale lead_scale_of(episode_field field);

/// The first gets its confidence; what that leaves is shared by the others as before, and by
/// values that are not listed. Requires: most probable first.
void judge_by_lead(episode_field field, std::vector<backoff::guess>& guesses);

} // namespace engram::memory

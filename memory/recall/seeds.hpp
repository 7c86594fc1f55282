#pragma once
// First-hand evidence: what each memory itself says to each cue. Pure.

#include "memory/recall/cues.hpp"
#include "memory/recall/evidence.hpp"

namespace engram::memory {

/// Fills the first-hand side of a table with plan.channels.size() channels.
void seed(const snapshot& on, const cue_plan& plan, const recall_config& config,
          evidence_table& table);

/// 1 inside a date that the question names, falling to 0 away from it; 0 when it names none.
double date_nearness(const std::vector<named_date>& dates, const document& memory,
                     const recall_config& config);

} // namespace engram::memory

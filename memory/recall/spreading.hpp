#pragma once
// Evidence by association: one synchronous step in which every memory that has evidence tells its
// neighbours, weighed by how good it is itself. Sums are integers; the result depends on no order.

#include "memory/recall/associations.hpp"
#include "memory/recall/cues.hpp"
#include "memory/recall/evidence.hpp"

#include <functional>
#include <vector>

namespace engram::memory {

/// One memory that passes evidence on: `gate` times what it carries itself.
struct sender {
  std::uint32_t slot = 0, ordinal = 0;
  double gate = 0;
};

/// The strongest memories and how loud each is heard.
std::vector<sender> choose_senders(const snapshot& on, const recall_config& config,
                                   const evidence_table& table);

/// Fills the heard side of the table; what of it counts is capped when it is read
/// (recall_config::cap).
void spread_evidence(const snapshot& on, const recall_config& config, base::instant now,
                     const std::vector<sender>& senders, evidence_table& table);

} // namespace engram::memory

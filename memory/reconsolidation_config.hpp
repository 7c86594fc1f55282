#pragma once
// When and how far a memory of a space may be revised: the space's own configuration
// (memory/settings.hpp), what verbs/reconsolidation.hpp goes by. Values only.

namespace engram::memory {

struct reconsolidation_config {
  double opens_hours = 1, closes_hours = 6;            // after the newest recall
  double age_hours_min = 24, age_hours_max = 365 * 24; // since it was encoded
  double plasticity = 0.5;                             // in the middle of the window
  double replaces_from = 0.2;                          // extent beyond which the old one is hidden
};

} // namespace engram::memory

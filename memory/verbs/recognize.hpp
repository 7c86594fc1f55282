#pragma once
// Have I met this? Global matching of a probe against all traces (MINERVA 2, Hintzman 1984, 1988):
// a trace answers with the third power of its likeness, so that few good matches outweigh many poor
// ones. Familiarity is the strongest answer, weakened by forgetting; the echo is their sum. Pure;
// reads no content.

#include "memory/recall/recall.hpp"
#include "memory/verbs/queries.hpp"

#include <string>
#include <vector>

namespace engram::memory {

struct recognized_memory {
  std::uint32_t ordinal = 0;
  std::string id;
  double similarity = 0;
  double retention = 1;
};

struct recognize_answer {
  bool recognized = false; // familiarity of one half or more
  interval familiarity;    // with the 90 % interval that so many matching words leave
  double echo = 0;         // of all traces; above familiarity: met often, or much like it
  std::vector<recognized_memory> nearest; // best first
};

/// Requires: a probe with text, title, people or an embedding; else nothing is familiar.
recognize_answer recognize(const snapshot& on, const recall_setting& setting,
                           const recognize_query& query);

} // namespace engram::memory

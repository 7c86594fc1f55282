#pragma once
// What usually follows: the next person of a session, or the next session of a person, from how
// streams went on before. Bodies of evidence, each correcting the one before (backoff.hpp):
//   1. how common a value is in the space;
//   2. what followed the last value wherever it occurred: the first-order Markov chain;
//   3. the stream's own values, weighted rank^-0.7: need falls with recency as a power (Anderson
//   and
//      Schooler 1991), the last value but k counting for k^-0.7;
//   4. what followed the last value in this stream, rank^-1.
// Pure. Reads at most 256 + 64 + 64 memories.

#include "memory/recall/recall.hpp"
#include "memory/verbs/queries.hpp"
#include "memory/verbs/reader.hpp"

#include <optional>
#include <string>
#include <vector>

namespace engram::memory {

struct prediction {
  std::string value;
  interval probability;
  std::vector<std::string> because; // ids of memories that speak for it, the weightiest first
};

struct predict_answer {
  std::vector<prediction> values; // most probable first
  double unseen = 1;              // that it is somebody, or something, never met
  std::uint32_t history = 0;      // memories of the stream that were looked at
  /// That anything comes within the horizon, from the stream's gaps, given that nothing came since.
  std::optional<double> within;
  bool enough_evidence = false; // the stream has a past
};

/// Requires: wanted is who or session; a session, a person, or memories given.
predict_answer predict(const snapshot& on, const recall_setting& setting,
                       const predict_query& query, const episode_reader& read);

} // namespace engram::memory

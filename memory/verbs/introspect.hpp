#pragma once
// What a memory is like as a whole: how much it holds, of which time, how much of it forgetting has
// left, and its largest sessions. One pass over the visible memories; reads no more contents than
// there are sessions asked for. Pure; the same on every replica of equal state.

#include "memory/recall/recall.hpp"
#include "memory/verbs/queries.hpp"
#include "memory/verbs/reader.hpp"

#include <optional>
#include <string>
#include <vector>

namespace engram::memory {

struct large_session {
  std::string name; // "" when it cannot be read
  std::uint32_t members = 0;
  std::string first; // id of the member that comes first in the order of ranks
};

struct introspect_answer {
  std::uint64_t memories = 0, hidden = 0; // visible; suppressed or deleted
  std::uint64_t dated = 0, embedded = 0,
                recalled = 0; // that say when, have a vector, were accessed
  std::uint64_t sessions = 0;
  std::optional<base::instant> first, last; // of the dated
  std::string first_id, last_id;
  double retention = 0;               // mean
  double confidence = 0;              // mean, of the encoding
  std::vector<large_session> largest; // most members first
};

introspect_answer introspect(const snapshot& on, const recall_setting& setting,
                             const introspect_query& query, const episode_reader& read);

} // namespace engram::memory

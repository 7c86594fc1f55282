#pragma once
// Reminiscing: memories around a time, place, people or topic, told in the order in which they
// happened instead of by strength. What is found is recall's business; here the strongest are put
// in order and cut into chapters: a new session, or a gap in time many times the usual one, begins
// a new chapter (event segmentation, Zacks and Tversky 2001; Zwaan's event-indexing 1995: shifts of
// time, place and persons). Pure; reads no content.

#include "memory/recall/recall.hpp"
#include "memory/verbs/queries.hpp"

#include <optional>
#include <string>
#include <vector>

namespace engram::memory {

struct told_memory {
  std::uint32_t ordinal = 0;
  std::string id;
  std::optional<base::instant> when;
  base::q32 activation;
  double vividness = 0; // how sure it is, times what forgetting left of it
};

struct chapter {
  std::vector<told_memory> memories; // in the order they happened; those without a time last
};

struct reminisce_answer {
  std::vector<chapter> chapters;
  std::uint64_t considered = 0;
};

/// Requires: at least one of a time range, a place, people, a topic.
reminisce_answer reminisce(const snapshot& on, const recall_setting& setting,
                           const reminisce_query& query);

} // namespace engram::memory

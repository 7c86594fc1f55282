#pragma once
// Revisions of stored memories: made (verbs/reconsolidation.hpp says whether and how far), and
// listed. A revision is a memory of its own with an association `revises` to what it revises, so
// several of one memory, made at the same time in different places, stand beside each other. Pure:
// a function of the snapshot and the query; who asks writes the operations.

#include "memory/recall/recall.hpp"
#include "memory/verbs/queries.hpp"
#include "memory/verbs/reader.hpp"
#include "memory/verbs/reconsolidation.hpp"

#include <string>
#include <vector>

namespace engram::memory {

struct revised {
  std::string id;     // of the revision
  bool known = false; // it was there already: nothing to write
  revision what;
};

/// The id of a revision that is given none: follows from what it revises and what changes, so that
/// the same revision asked for again is the same memory.
std::string revision_id(const revise_query& query);

/// errc::unknown_memory: nothing of this id can be read; conflict: the revision's id is another
/// memory's; invalid_argument: not within the window (says when it opens, or that it closed).
base::result<revised> revise(const snapshot& on, const recall_setting& setting,
                             const revise_query& query, const episode_reader& read);

struct listed_revision {
  std::uint32_t ordinal = 0;
  std::string id;
  std::vector<std::string> revises; // ids that it was made from; none: the oldest
  bool hidden = false;              // replaced, or suppressed
};

/// The memory with all that it was revised to and from, over any number of steps, in the order in
/// which they were stored; of equals by id. Deleted ones are left out.
std::vector<listed_revision> revisions(const snapshot& on, const revisions_query& query,
                                       const episode_reader& read);

} // namespace engram::memory

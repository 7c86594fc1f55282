#pragma once
// Dreaming: replay of what is being forgotten, in bounded cycles. Each cycle takes the memory that
// has the most to gain, follows its associations (co-recall among them) as far as activation
// carries, and says what to write: an access of all that was replayed, which strengthens them and
// binds them by co-recall, and an association from the first to the strongest that it had no link
// to itself. Wilson and McNaughton 1994; McClelland, McNaughton and O'Reilly 1995. Pure: a function
// of the snapshot and the query; who runs it writes the operations, or does not.

#include "memory/recall/recall.hpp"
#include "memory/verbs/queries.hpp"

#include <functional>
#include <string>
#include <vector>

namespace engram::memory {

struct dream_replay {
  std::vector<std::string> ids; // in the order in which they were replayed
  double novelty = 0;           // share of them that were reached over others only
  double gain = 0;              // retention a day later, summed: with this access less without
};

struct dream_answer {
  std::vector<dream_replay> replays;
  std::vector<operation> operations; // accesses and associations, kind "dreamt", in their order
  std::uint32_t linked = 0;          // associations among them
  bool finished = false;             // not: told to stop
};

struct dream_progress {
  std::uint32_t cycle = 0, of = 0; // 1 .. of
  const dream_replay* replay = nullptr;
};
/// After each cycle; false ends the dream there.
using dream_listener = std::function<bool(const dream_progress&)>;

/// Looks once at every memory, then at most at `cycles` spreads. No memory begins two replays.
dream_answer dream(const snapshot& on, const recall_setting& setting, const dream_query& query,
                   const dream_listener& listener = {});

} // namespace engram::memory

#pragma once
// Two logs of one origin: a cloned or restored store went on writing under a name it shared. Which
// of them stays is a function of the two logs alone, so every pair of replicas decides alike: where
// they first differ, the smaller running hash wins. The loser appends its divergent entries again
// under its own run (they merge by operation id), then takes a snapshot from the winner. Pure.
//
// Drive: on a fork, pull the peer's headers (headers_only, from 1) and give both lists to
// compare_branches(). If the own one loses: submit divergent_items() to the log writer, and when
// they are durable replace this replica by a snapshot of that peer. A store whose own running
// origin is forked is reopened first: a new run is drawn, and it is a holder like any other.

#include "storage/log_writer.hpp"
#include "storage/replication/log_reader.hpp"

#include <vector>

namespace engram::storage {

struct branch_verdict {
  bool forked = false; // false: one is the beginning of the other, as far as can be seen
  bool ours_wins = false;
  std::uint64_t first = 0; // the first sequence at which they differ
};

/// Headers in ascending order; either list may begin late, where its log was trimmed.
branch_verdict compare_branches(const std::vector<entry_header>& ours,
                                const std::vector<entry_header>& theirs);

/// The entries from `first` to the end as items to be appended again. Erased ones are left out.
/// errc::corrupt: one cannot be read, so nothing may be given up.
base::result<std::vector<log_item>> divergent_items(const store& from, log_address where,
                                                    std::uint64_t first);

} // namespace engram::storage

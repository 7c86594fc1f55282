#pragma once
// How far an origin's log may be trimmed, judged over all replicas. storage/trim.hpp carries it
// out: give it the vector row with `applied` lowered to the floor. Pure.
//
// Drive: on a timer, with what each other replica of the placement last said it holds (vectors
// found to agree with the own log; a forked origin is never trimmed) and the vectors at which
// live snapshot sessions stand.

#include "storage/replication/log_vector.hpp"

#include <vector>

namespace engram::storage {

struct replica_claim {
  log_vector held;            // empty: not heard yet
  bool dead_too_long = false; // beyond replace_after: it will take a snapshot
};

struct trim_floors {
  /// Everybody who counts has it.
  std::uint64_t normal = 0;
  /// When the log exceeds its bound: somebody else has it, so a laggard may take a snapshot.
  std::uint64_t forced = 0;
};

/// `others`: the placement without this replica; empty: this is the only one.
trim_floors trim_floor(const base::origin_id& origin, std::uint64_t applied,
                       const std::vector<replica_claim>& others,
                       const std::vector<log_vector>& sessions, bool forked);

} // namespace engram::storage

#pragma once
// How far an origin's log may be trimmed, judged over all replicas. storage/trim.hpp carries it
// out: give it the vector row with `applied` lowered to the floor. Pure.
//
// Drive: on a timer, with what each other replica of the placement last said it holds, what of that
// is agreed(), and the vectors at which live snapshot sessions stand. A forked origin is never
// trimmed.

#include "storage/replication/log_vector.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace engram::storage {

/// What of a peer's vector is the beginning of the own logs. `running`: the own running hash at a
/// place; nullopt: trimmed, which only happened to what all agreed on.
log_vector agreed(const log_vector& held, const log_vector& theirs,
                  const std::function<std::optional<base::hash128>(const base::origin_id&,
                                                                   std::uint64_t)>& running);

struct replica_claim {
  log_vector said;            // its vector; empty: not heard yet
  log_vector held;            // what of it is agreed()
  bool dead_too_long = false; // beyond replace_after: it will take a snapshot
};

struct trim_floors {
  /// Everybody has it, or everybody who is not dead too long and a majority.
  std::uint64_t normal = 0;
  /// When the log exceeds its bound: a majority has it, and none of these has anything that is not
  /// here, so a laggard can take its snapshot here without giving up what it has. A minority never
  /// trims what the others lack: were both sides of a partition to do so, neither could take the
  /// other's snapshot.
  std::uint64_t forced = 0;
};

/// `others`: the placement without this replica; empty: this is the only one.
trim_floors trim_floor(const base::origin_id& origin, std::uint64_t applied, const log_vector& held,
                       const std::vector<replica_claim>& others,
                       const std::vector<log_vector>& sessions, bool forked);

} // namespace engram::storage

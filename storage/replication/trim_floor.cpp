#include "storage/replication/trim_floor.hpp"

#include <algorithm>

namespace engram::storage {

trim_floors trim_floor(const base::origin_id& origin, std::uint64_t applied,
                       const std::vector<replica_claim>& others,
                       const std::vector<log_vector>& sessions, bool forked) {
  if (forked) return {};
  trim_floors out{applied, applied};
  std::uint64_t elsewhere = 0;
  for (const auto& replica : others) {
    const auto held = replica.held.at(origin);
    elsewhere = std::max(elsewhere, held);
    if (!replica.dead_too_long) out.normal = std::min(out.normal, held);
  }
  if (!others.empty()) {
    out.normal = std::min(out.normal, elsewhere); // all but this one dead: nothing goes
    out.forced = std::min(out.forced, elsewhere);
  }
  for (const auto& session : sessions) {
    out.normal = std::min(out.normal, session.at(origin));
    out.forced = std::min(out.forced, session.at(origin));
  }
  return out;
}

} // namespace engram::storage

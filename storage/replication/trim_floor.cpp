#include "storage/replication/trim_floor.hpp"

#include <algorithm>

namespace engram::storage {

log_vector agreed(const log_vector& held, const log_vector& theirs,
                  const std::function<std::optional<base::hash128>(const base::origin_id&,
                                                                   std::uint64_t)>& running) {
  log_vector out;
  for (const auto& [origin, mark] : theirs.marks()) {
    const auto ours = held.marks().find(origin);
    if (ours == held.marks().end() || ours->second.sequence < mark.sequence) continue;
    const auto here = ours->second.sequence == mark.sequence ? std::optional{ours->second.running}
                                                             : running(origin, mark.sequence);
    if (!here || *here == mark.running) out.raise(origin, mark);
  }
  return out;
}

trim_floors trim_floor(const base::origin_id& origin, std::uint64_t applied, const log_vector& held,
                       const std::vector<replica_claim>& others,
                       const std::vector<log_vector>& sessions, bool forked) {
  if (forked) return {};
  trim_floors out{applied, applied};
  std::uint64_t elsewhere = 0;
  bool ahead = true;
  for (const auto& replica : others) {
    const auto here = replica.held.at(origin);
    elsewhere = std::max(elsewhere, here);
    ahead = ahead && held.covers(replica.said);
    if (!replica.dead_too_long) out.normal = std::min(out.normal, here);
  }
  if (!others.empty()) {
    out.normal = std::min(out.normal, elsewhere); // all but this one dead: nothing goes
    out.forced = std::min(out.forced, elsewhere);
  }
  if (!ahead) out.forced = out.normal;
  for (const auto& session : sessions) {
    out.normal = std::min(out.normal, session.at(origin));
    out.forced = std::min(out.forced, session.at(origin));
  }
  return out;
}

} // namespace engram::storage

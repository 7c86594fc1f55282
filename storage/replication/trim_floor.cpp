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

namespace {

/// What a strict majority of the placement holds, of whom nobody has anything that is not here. Two
/// sides of a partition never both have one, and of any two such floors one was set by a replica
/// that knew of the other.
std::uint64_t majority_floor(const base::origin_id& origin, std::uint64_t applied,
                             const log_vector& held, const std::vector<replica_claim>& others) {
  std::vector<std::uint64_t> marks{applied};
  for (const auto& replica : others)
    if (held.covers(replica.said)) marks.push_back(replica.held.at(origin));
  const auto majority = (others.size() + 1) / 2 + 1;
  if (marks.size() < majority) return 0;
  std::sort(marks.rbegin(), marks.rend());
  return std::min(applied, marks[majority - 1]);
}

} // namespace

trim_floors trim_floor(const base::origin_id& origin, std::uint64_t applied, const log_vector& held,
                       const std::vector<replica_claim>& others,
                       const std::vector<log_vector>& sessions, bool forked) {
  if (forked) return {};
  auto all = applied, living = applied;
  for (const auto& replica : others) {
    const auto here = replica.held.at(origin);
    all = std::min(all, here);
    if (!replica.dead_too_long) living = std::min(living, here);
  }
  const auto majority = majority_floor(origin, applied, held, others);
  trim_floors out{std::max(all, std::min(living, majority)), std::max(all, majority)};
  for (const auto& session : sessions) {
    out.normal = std::min(out.normal, session.at(origin));
    out.forced = std::min(out.forced, session.at(origin));
  }
  return out;
}

} // namespace engram::storage

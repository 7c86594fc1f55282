#include "actors/core/space_keeper.hpp"

#include <algorithm>
#include <utility>

namespace engram::actors {

space_keeper::actions space_keeper::step_wanted(const base::space_id& space) {
  auto& row = rows_[space];
  if (row.phase == space_phase::closing) row.wanted = true;
  if (row.phase != space_phase::closed) return {};
  row.phase = space_phase::opening;
  return {{space}, {}, {}};
}

void space_keeper::step_opened(const base::space_id& space) {
  auto& row = rows_[space];
  if (row.phase == space_phase::opening) row.phase = space_phase::open;
}

space_keeper::actions space_keeper::step_failed(const base::space_id& space, base::error why,
                                                std::optional<log_place> at,
                                                std::chrono::nanoseconds now) {
  auto& row = rows_[space];
  if (row.phase == space_phase::parked) return {};
  while (!row.failures.empty() && now - row.failures.front() > rules_.window)
    row.failures.pop_front();
  row.failures.push_back(now);
  const bool again = at && row.failed_at == at;
  const bool hopeless = why.code == base::errc::unsupported_format;
  row.failed_at = at;
  if (again || hopeless || row.failures.size() > rules_.restarts_max) {
    row.phase = space_phase::parked;
    row.why = why;
    return {{}, {}, {{space, std::move(why)}}};
  }
  row.phase = space_phase::opening;
  return {{space}, {}, {}};
}

space_keeper::actions space_keeper::step_closed(const base::space_id& space) {
  auto& row = rows_[space];
  if (row.phase != space_phase::closing) return {};
  row.phase = space_phase::closed;
  return std::exchange(row.wanted, false) ? step_wanted(space) : actions{};
}

space_keeper::actions space_keeper::step_dropped(const base::space_id& space) {
  const auto found = rows_.find(space);
  if (found == rows_.end()) return {};
  found->second.wanted = false;
  if (found->second.phase != space_phase::open) return {};
  found->second.phase = space_phase::closing;
  return {{}, {space}, {}};
}

space_keeper::actions space_keeper::tick(std::vector<usage> open) {
  if (rules_.memory_bytes_max == 0) return {};
  std::uint64_t total = 0;
  for (const auto& u : open) total += u.memory_bytes;
  std::sort(open.begin(), open.end(), [](const usage& a, const usage& b) {
    return a.last_used != b.last_used ? a.last_used < b.last_used : a.space < b.space;
  });
  actions out;
  for (const auto& u : open) {
    if (total <= rules_.memory_bytes_max) break;
    auto& row = rows_[u.space];
    if (u.busy || row.phase != space_phase::open) continue;
    row.phase = space_phase::closing;
    total -= u.memory_bytes;
    out.close.push_back(u.space);
  }
  return out;
}

space_phase space_keeper::phase(const base::space_id& space) const {
  const auto found = rows_.find(space);
  return found == rows_.end() ? space_phase::closed : found->second.phase;
}

const base::error* space_keeper::parked_for(const base::space_id& space) const {
  const auto found = rows_.find(space);
  return found == rows_.end() || found->second.phase != space_phase::parked ? nullptr
                                                                            : &found->second.why;
}

} // namespace engram::actors

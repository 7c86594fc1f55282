#include "storage/replication/erasures.hpp"

#include <algorithm>

namespace engram::storage {

void erasures::restore(const std::vector<base::store_id>& placement, const base::store_id& self,
                       base::instant now) {
  for (const auto& peer : placement)
    if (peer != self) senders_.emplace(peer, now);
}

void erasures::heard(const base::store_id& peer, const log_vector& theirs, base::instant now) {
  if (senders_.erase(peer) > 0) awaited_.push_back({theirs, now});
}

void erasures::settle(const log_vector& held) {
  std::erase_if(awaited_, [&](const auto& one) { return held.covers(one.all); });
}

bool erasures::is_open(const log_vector& held) const {
  return !senders_.empty() || !std::all_of(awaited_.begin(), awaited_.end(),
                                           [&](const auto& one) { return held.covers(one.all); });
}

std::optional<base::instant> erasures::open_since() const {
  std::optional<base::instant> out;
  for (const auto& [peer, since] : senders_) out = std::min(out.value_or(since), since);
  for (const auto& one : awaited_) out = std::min(out.value_or(one.since), one.since);
  return out;
}

} // namespace engram::storage

#include "storage/replication/erasures.hpp"

#include <algorithm>

namespace engram::storage {

void erasures::restore(const std::vector<base::store_id>& placement, const base::store_id& self) {
  for (const auto& peer : placement)
    if (peer != self) senders_.insert(peer);
}

void erasures::heard(const base::store_id& peer, const log_vector& theirs) {
  if (senders_.erase(peer) > 0) awaited_.push_back(theirs);
}

void erasures::settle(const log_vector& held) {
  std::erase_if(awaited_, [&](const auto& all) { return held.covers(all); });
}

bool erasures::is_open(const log_vector& held) const {
  return !senders_.empty() || !std::all_of(awaited_.begin(), awaited_.end(),
                                           [&](const auto& all) { return held.covers(all); });
}

} // namespace engram::storage

#include "storage/replication/stray_keeper.hpp"

#include <algorithm>

namespace engram::storage {

void stray_keeper::heard(const base::store_id& replica, log_vector theirs) {
  replicas_[replica] = std::move(theirs);
}

bool stray_keeper::covers(const base::store_id& replica, const log_vector& held) const {
  const auto found = replicas_.find(replica);
  if (found == replicas_.end()) return false;
  const auto& marks = found->second.marks();
  return std::all_of(held.marks().begin(), held.marks().end(), [&](const auto& ours) {
    const auto theirs = marks.find(ours.first);
    if (theirs == marks.end() || theirs->second.sequence < ours.second.sequence) return false;
    return theirs->second.sequence > ours.second.sequence || theirs->second == ours.second;
  });
}

std::vector<outgoing> stray_keeper::offers(const std::vector<base::store_id>& placement,
                                           const log_vector& held) const {
  std::vector<outgoing> out;
  for (const auto& replica : placement)
    if (!covers(replica, held)) out.push_back({replica, message::vector{space_, held, true, true}});
  return out;
}

bool stray_keeper::covered(const std::vector<base::store_id>& placement,
                           const log_vector& held) const {
  return !placement.empty() && std::all_of(placement.begin(), placement.end(),
                                           [&](const auto& id) { return covers(id, held); });
}

} // namespace engram::storage

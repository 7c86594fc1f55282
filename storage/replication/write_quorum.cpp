#include "storage/replication/write_quorum.hpp"

#include <algorithm>
#include <iterator>

namespace engram::storage {

std::size_t copies_needed(copies_level level, std::size_t factor) {
  if (level == copies_level::local) return 1;
  return level == copies_level::all ? std::max<std::size_t>(factor, 1) : factor / 2 + 1;
}

base::result<void> write_quorum::admit(copies_level level,
                                       const std::vector<base::store_id>& placement,
                                       const std::set<base::store_id>& reachable) const {
  if (level == copies_level::local) return {};
  const auto can = std::count_if(placement.begin(), placement.end(), [&](const auto& store) {
    return store == self_ || reachable.count(store) > 0;
  });
  const auto needed = copies_needed(level, placement.size());
  if (static_cast<std::size_t>(can) >= needed) return {};
  return {base::errc::too_few_replicas,
          "reachable=" + std::to_string(can) + " needed=" + std::to_string(needed)};
}

std::vector<write_quorum::outcome> write_quorum::open(write what) {
  writes_.push_back(std::move(what));
  return settle();
}

std::vector<write_quorum::outcome> write_quorum::durable(const base::store_id& store,
                                                         std::uint64_t up_to,
                                                         const std::vector<log_mark>& above) {
  auto& here = stores_[store];
  here.up_to = std::max(here.up_to, up_to);
  for (const auto& mark : above) here.above.insert(mark.sequence);
  here.above.erase(here.above.begin(), here.above.upper_bound(here.up_to));
  return settle();
}

bool write_quorum::has(const base::store_id& store, const write& what) const {
  const auto found = stores_.find(store);
  if (found == stores_.end()) return false;
  for (auto n = std::max(what.first, found->second.up_to + 1); n <= what.last; ++n)
    if (found->second.above.count(n) == 0) return false;
  return true;
}

std::vector<base::store_id> write_quorum::holders(const write& what) const {
  std::vector<base::store_id> out;
  std::copy_if(what.placement.begin(), what.placement.end(), std::back_inserter(out),
               [&](const auto& store) { return has(store, what); });
  return out;
}

std::vector<write_quorum::outcome> write_quorum::settle() {
  std::vector<outcome> done;
  for (auto it = writes_.begin(); it != writes_.end();) {
    auto held = holders(*it);
    const bool local = it->level == copies_level::local && has(self_, *it);
    const bool enough = it->level != copies_level::local &&
                        held.size() >= copies_needed(it->level, it->placement.size());
    if (local || enough) done.push_back({it->id, std::move(held)});
    it = local || enough ? writes_.erase(it) : it + 1;
  }
  return done;
}

std::vector<write_quorum::outcome> write_quorum::tick(base::instant now) {
  std::vector<outcome> late;
  for (auto it = writes_.begin(); it != writes_.end();) {
    if (now < it->deadline) {
      ++it;
      continue;
    }
    late.push_back({it->id, base::error{base::errc::deadline_exceeded,
                                        "copies=" + std::to_string(holders(*it).size())}});
    it = writes_.erase(it);
  }
  return late;
}

} // namespace engram::storage

#include "storage/replication/write_quorum.hpp"

#include "base/planted.hpp"

#include <algorithm>

namespace engram::storage {

std::size_t copies_needed(copies_level level, std::size_t factor) {
  if (level == copies_level::local) return 1;
  return level == copies_level::all ? std::max<std::size_t>(factor, 1) : factor / 2 + 1;
}

std::vector<write_quorum::outcome> write_quorum::open(write what) {
  if (what.copies > 1 && base::planted("quorum_of_one")) what.copies = 1;
  auto held = holders(what);
  if (held.size() < what.copies && base::planted("claim_copies")) held = what.placement;
  if (held.size() >= what.copies) return {{what.id, std::move(held), base::success()}};
  writes_.push_back(std::move(what));
  return {};
}

std::vector<write_quorum::outcome> write_quorum::durable(const base::store_id& store,
                                                         const base::origin_id& origin,
                                                         std::uint64_t up_to) {
  auto& here = stores_[store][origin];
  if (here >= up_to) return {};
  here = up_to;
  return settle();
}

bool write_quorum::has(const base::store_id& store, const needed_entries& what) const {
  const auto known = stores_.find(store);
  if (known == stores_.end()) return false;
  const auto found = known->second.find(what.origin);
  return found != known->second.end() && found->second >= what.last;
}

std::vector<base::store_id> write_quorum::holders(const write& what) const {
  std::vector<base::store_id> out;
  std::copy_if(what.placement.begin(), what.placement.end(), std::back_inserter(out),
               [&](const auto& store) {
                 return std::all_of(what.needs.begin(), what.needs.end(),
                                    [&](const auto& needed) { return has(store, needed); });
               });
  return out;
}

std::vector<write_quorum::outcome> write_quorum::settle() {
  std::vector<outcome> done;
  for (auto it = writes_.begin(); it != writes_.end();) {
    auto held = holders(*it);
    if (held.size() < it->copies) {
      ++it;
      continue;
    }
    done.push_back({it->id, std::move(held), base::success()});
    it = writes_.erase(it);
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
    auto held = holders(*it);
    base::error late_by{base::errc::timed_out, "copies=" + std::to_string(held.size()) + " of " +
                                                   std::to_string(it->copies)};
    late.push_back({it->id, std::move(held), std::move(late_by)});
    it = writes_.erase(it);
  }
  return late;
}

} // namespace engram::storage

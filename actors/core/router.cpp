#include "actors/core/router.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

bool looks_dead(const std::vector<membership::member>& members, const base::store_id& id) {
  return std::any_of(members.begin(), members.end(), [&](const membership::member& m) {
    return m.id == id && m.state == membership::member_state::dead;
  });
}

} // namespace

void router::set_members(std::vector<membership::member> members, bool known) {
  auto fresh = std::make_shared<const std::vector<membership::member>>(std::move(members));
  const std::lock_guard lock(mutex_);
  members_ = std::move(fresh);
  known_ = known;
  kept_.clear();
}

base::result<void> router::check_known() const {
  const std::lock_guard lock(mutex_);
  if (known_) return base::success();
  return {base::errc::too_few_replicas, "no other member has been heard yet; local would do"};
}

std::shared_ptr<const std::vector<membership::member>> router::members() const {
  const std::lock_guard lock(mutex_);
  return members_;
}

route router::find(const base::space_id& space) const {
  members_ptr known;
  {
    const std::lock_guard lock(mutex_);
    if (const auto kept = kept_.find(space); kept != kept_.end()) return kept->second;
    known = members_;
  }
  auto out = place(space, *known);
  const std::lock_guard lock(mutex_);
  if (known == members_ && kept_.size() < kept_max) kept_.emplace(space, out);
  return out;
}

route router::place(const base::space_id& space,
                    const std::vector<membership::member>& known) const {
  route out;
  out.placed = membership::place(space, known, wanted_);
  out.replicas = out.placed.replicas;
  out.local = out.placed.holds(self_);
  std::stable_sort(out.replicas.begin(), out.replicas.end(),
                   [&](const base::store_id& a, const base::store_id& b) {
                     const auto rank = [&](const base::store_id& id) {
                       return id == self_ ? 0 : looks_dead(known, id) ? 2 : 1;
                     };
                     return rank(a) < rank(b);
                   });
  return out;
}

std::uint32_t router::reachable(const route& to, const std::vector<membership::member>& members) {
  return static_cast<std::uint32_t>(
      std::count_if(to.replicas.begin(), to.replicas.end(),
                    [&](const base::store_id& id) { return !looks_dead(members, id); }));
}

base::result<std::uint32_t> router::copies_needed(const route& to, durability wanted) const {
  const auto copies = wanted == durability::local    ? 1
                      : wanted == durability::quorum ? to.placed.quorum
                                                     : to.placed.factor;
  if (wanted != durability::local) TRY(check_known());
  if (const auto have = reachable(to, *members()); have < copies)
    return {base::errc::too_few_replicas, "needs " + std::to_string(copies) + " copies, reaches " +
                                              std::to_string(have) + "; local would do"};
  return copies;
}

base::result<std::uint32_t> router::voices_needed(const route& to) const {
  TRY(check_known());
  if (const auto have = reachable(to, *members()); have < to.placed.quorum)
    return {base::errc::too_few_replicas,
            "a quorum read hears " + std::to_string(to.placed.quorum) + " replicas, reaches " +
                std::to_string(have) + "; any would do"};
  return to.placed.quorum;
}

} // namespace engram::actors

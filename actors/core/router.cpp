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

route router::find(const base::space_id& space) const {
  route out;
  out.placed = membership::place(space, members_, wanted_);
  out.replicas = out.placed.replicas;
  out.local = out.placed.holds(self_);
  std::stable_sort(out.replicas.begin(), out.replicas.end(),
                   [&](const base::store_id& a, const base::store_id& b) {
                     const auto rank = [&](const base::store_id& id) {
                       return id == self_ ? 0 : looks_dead(members_, id) ? 2 : 1;
                     };
                     return rank(a) < rank(b);
                   });
  return out;
}

std::uint32_t router::reachable(const route& to) const {
  return static_cast<std::uint32_t>(
      std::count_if(to.replicas.begin(), to.replicas.end(),
                    [&](const base::store_id& id) { return !looks_dead(members_, id); }));
}

base::result<std::uint32_t> router::copies_needed(const route& to, durability wanted) const {
  const auto copies = wanted == durability::local    ? 1
                      : wanted == durability::quorum ? to.placed.quorum
                                                     : to.placed.factor;
  if (const auto have = reachable(to); have < copies)
    return {base::errc::too_few_replicas, "needs " + std::to_string(copies) + " copies, reaches " +
                                              std::to_string(have) + "; local would do"};
  return copies;
}

} // namespace engram::actors

// What the replicas of a simulated member ask of it.

#include "actors/replication/account.hpp"
#include "tests/simulation/cluster_node.hpp"

#include <algorithm>

namespace engram::simulation {

using namespace storage; // NOLINT: the node speaks of little else

std::vector<base::store_id> cluster_node::placement_of(const base::space_id& space) {
  if (space != membership::directory_identity())
    return directory_.dropped(space) ? std::vector<base::store_id>{}
                                     : router_.find(space).placed.replicas;
  std::vector<base::store_id> out;
  for (const auto& m : swim_.members())
    if (membership::succession::counts({m.id, m.zone, m.state, directory_.retired(m.id)}))
      out.push_back(m.id);
  return out;
}

bool cluster_node::has_room() { return with_.disk.stats()->bytes_free >= reserve_bytes; }

void cluster_node::send(const base::store_id& to, message::any what) {
  if (with_.planted.never_pull && std::holds_alternative<message::pull>(what)) return;
  with_.world.message(self_, to, std::make_shared<const message::any>(std::move(what)));
}

void cluster_node::stands(const base::space_id& space, const actors::copy_standing& how) {
  const auto found = copies_.find(space);
  if (found == copies_.end()) return;
  found->second.sure_at = how.sure_at;
  if (how.may_read == actors::copy_standing::reading::allowed) found->second.readable = true;
  if (how.may_read == actors::copy_standing::reading::withdrawn) found->second.readable = false;
}

base::duration cluster_node::stale(const copy& which) const {
  if (with_.planted.trust_old_news && which.sure_at != actors::never_sure) return base::duration{0};
  return actors::staleness(which.sure_at, steady_);
}

void cluster_node::read_account(const base::space_id& space, std::uint32_t number,
                                account_wish which) {
  replicas_->take_account(space, number, actors::read_account(with_.disk, number, which));
}

void cluster_node::answer(std::uint64_t wait, base::result<std::vector<base::store_id>> holders) {
  auto waits = answers_.extract(wait);
  const auto world_id = awaited_.extract(wait);
  if (waits.empty()) return;
  auto& [reply, done] = waits.mapped();
  if (holders) with_.world.copies_held(world_id.mapped(), *holders);
  done({holders ? std::nullopt : std::optional(holders.error().code), false, reply.token});
}

} // namespace engram::simulation

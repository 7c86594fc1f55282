// The node and those who go: whom placement counts, and how a retired member hands over.

#include "actors/node/node.hpp"

#include <algorithm>

namespace engram::actors {

std::vector<membership::standing> node::standings() const {
  std::vector<membership::standing> out;
  {
    const std::lock_guard lock(members_mutex_);
    for (const auto& m : members_) out.push_back({m.store, m.zone, m.state});
  }
  if (directory_)
    directory_->read([&](const membership::directory& d) {
      for (auto& m : out) m.retired = d.retired(m.id);
      return true;
    });
  return out;
}

/// Who counts is a matter of time as well: asked on every change and on a timer.
void node::settle_members(bool changed) {
  const std::lock_guard lock(placing_mutex_);
  const auto before = router_.members();
  auto counted = succession_.look(standings(), ports_.clock.monotonic());
  if (counted == *before && !changed) return;
  router_.set_members(counted, members_told_);
  if (replication_) replication_->set_members(members_now());
  if (directory_ && counted != *before) open_moved(*before, counted);
}

/// A space that is closed tells nobody that it has to move.
void node::open_moved(const std::vector<membership::member>& before,
                      const std::vector<membership::member>& after) {
  for (const auto& space : log_.kept_spaces()) {
    if (space == membership::directory_identity()) continue;
    const auto old = membership::place(space, before, config_.replication_factor);
    const auto now = membership::place(space, after, config_.replication_factor);
    if (old.replicas != now.replicas) want(space);
  }
}

std::uint32_t node::knows_at_most(const base::store_id& member) const {
  const std::lock_guard lock(members_mutex_);
  for (const auto& each : members_)
    if (each.store == member) return each.feature_max;
  return 1;
}

std::vector<member_info> node::members_now() const {
  const std::lock_guard lock(members_mutex_);
  return members_;
}

// -- retirement ---------------------------------------------------------------------------------

base::result<void> may_retire(const std::vector<member_info>& members, const base::store_id& who,
                              bool dead, const membership::directory& d) {
  using membership::member_state;
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const member_info& m) { return m.store == who; });
  if (found == members.end() || found->state == member_state::left)
    return {base::errc::invalid_argument, "no member " + who.hex()};
  if (dead && found->state != member_state::dead)
    return {base::errc::invalid_argument, found->address + " is not dead: decommission it"};
  if (!dead && found->state == member_state::dead)
    return {base::errc::invalid_argument, found->address + " is dead: replace it"};
  const bool others = std::any_of(members.begin(), members.end(), [&](const member_info& m) {
    return m.store != who && m.state < member_state::dead && !d.retired(m.store);
  });
  if (!others) return {base::errc::too_few_replicas, "nobody would be there to take over"};
  return base::success();
}

void node::retire(base::store_id who, bool dead, reply<void> done) {
  auto decide = [members = members_now(), who,
                 dead](const membership::directory& d) -> directory_host::decision {
    if (d.retired(who)) return std::optional<membership::directory_op>{};
    TRY(may_retire(members, who, dead, d));
    return std::optional<membership::directory_op>{membership::retire_member_op{who}};
  };
  propose(std::move(decide), [this, done = std::move(done)](const base::result<void>& retired) {
    if (retired) settle_members(false);
    done(retired);
  });
}

bool node::is_retired() const {
  return directory_->read([&](const membership::directory& d) { return d.retired(store_); });
}

/// What the cluster decides by itself one member proposes: the first of those that are up.
bool node::is_first_alive() const {
  const auto members = members_now();
  return std::none_of(members.begin(), members.end(), [this](const member_info& m) {
    return m.state == membership::member_state::alive && m.store < store_;
  });
}

/// Should one come back after all, it is retired: it hands over what only it has, and leaves.
void node::give_up_long_dead() {
  if (!replication_ || joining_) return;
  std::vector<base::store_id> gone;
  {
    const std::lock_guard lock(placing_mutex_);
    gone = succession_.given_up(ports_.clock.monotonic());
  }
  if (gone.empty() || !is_first_alive()) return;
  for (const auto& who : gone) retire(who, true, [](const base::result<void>&) {});
}

/// A retired member leaves once every space that lies here is held by all that it falls to.
void node::hand_over() {
  if (!replication_ || ports_.membership == nullptr || !is_retired()) return;
  if (handing_over_->exchange(true)) return; // also for good, once it has left
  const auto queued = pool_.submit_admitted([this, busy = handing_over_] {
    if (!handed_over()) return busy->store(false);
    ports_.membership->leave([busy](const base::result<void>& left) {
      if (!left) busy->store(false);
    });
  });
  if (!queued) handing_over_->store(false);
}

bool node::handed_over() {
  bool all = replication_->is_elsewhere(membership::directory_identity()).value_or(false);
  for (const auto& space : log_.kept_spaces()) {
    const bool dropped =
        directory_->read([&](const membership::directory& d) { return d.dropped(space); });
    if (dropped || space == membership::directory_identity()) continue;
    want(space);
    all = replication_->covered(space) && all;
  }
  return all;
}

/// What was handed over needs no copy here: where the space falls to this node again, it comes
/// anew.
void node::let_go_of_strays() {
  if (!replication_ || joining_ || is_retired()) return; // who leaves takes them along
  const auto members = router_.members();
  for (const auto& space : log_.kept_spaces()) {
    const bool live = directory_->read([&](const membership::directory& d) {
      return d.find(space) != nullptr && !d.dropped(space);
    });
    if (!live || space == membership::directory_identity() || !supervisor_.find(space)) continue;
    if (membership::place(space, *members, config_.replication_factor).holds(store_)) continue;
    if (!replication_->may_let_go(space)) continue;
    supervisor_.close_for(space, [this, space] {
      if (log_.settle() && replication_->let_go(space)) log_.release(space);
    });
  }
}

} // namespace engram::actors

#include "tests/simulation/cluster_node.hpp"

#include "base/check.hpp"
#include "memory/state_audit.hpp"

#include <algorithm>

namespace engram::simulation {

using namespace storage; // NOLINT: the node speaks of little else

namespace {

constexpr base::duration beat{500}, full_beat{60'000};
constexpr membership::succession_rules soon{.replace_after = std::chrono::seconds(6),
                                            .pause_in_zone = std::chrono::seconds(5),
                                            .remove_after = std::chrono::seconds(20)};

} // namespace

cluster_node::cluster_node(parts with, base::instant now, base::instant steady, std::uint64_t seed)
    : with_(std::move(with)), self_(with_.self.id), steady_(steady),
      swim_({}, with_.self, with_.seeds, base::random(seed)), succession_(soon), router_(self_, 3) {
  auto opened = catalog::open(with_.disk, with_.entropy, steady, {base::hash128{1, 1}, false});
  CHECK(opened.has_value());
  runs_ = *std::move(opened);
  log_.emplace(log_writer::run{runs_->self().number, runs_->self().origin}, runs_->newest_stamp());
  batch first;
  runs_->drop_staged(first);
  if (!write(first, true)) return;
  swim_.remember(now, with_.remembered);
  members_changed();
  open_space(membership::directory_identity(), {});
  follow_directory();
  commit();
}

// -- replicas -----------------------------------------------------------------------------------

void cluster_node::carry_out(const base::space_id& space, replicator::effects effects) {
  if (!effects.changes.empty() && !write(effects.changes, true)) return;
  for (auto& one : effects.send) send(one.to, std::move(one.what));
  for (const auto& one : effects.writes) {
    auto waits = answers_.extract(one.id);
    const auto world_id = awaited_.extract(one.id);
    if (waits.empty()) continue;
    auto& [reply, done] = waits.mapped();
    if (one.enough) with_.world.copies_held(world_id.mapped(), one.holders);
    done({one.enough ? std::nullopt : std::optional(one.enough.error().code), false, reply.token});
  }
  if (effects.wish != account_wish::none) {
    auto& which = copies_.at(space);
    memory::state_audit sums;
    base::result<state_account> read = base::error{base::errc::unavailable, {}};
    auto rows =
        read_account(with_.disk, which.number, effects.wish,
                     [&](std::string_view key, std::string_view value) { sums.take(key, value); });
    if (!rows) read = rows.error();
    if (rows) read = state_account{*std::move(rows), sums.kept(), {}};
    if (rows && effects.wish == account_wish::whole) read->made = sums.made();
    carry_out(space, which.core->account(read, steady_));
  }
  if (effects.next == replicator::step::new_run) reopen_ = true;
  if (effects.next == replicator::step::exchange && !reopen_) exchange(space);
}

void cluster_node::exchange(const base::space_id& space) {
  const bool outer = std::exchange(committing_, false);
  commit();
  committing_ = outer;
  auto& which = copies_.at(space);
  batch change;
  if (reopen_ || !which.core->finish_snapshot(change)) return;
  if (!write(change, true)) return;
  ++snapshots_;
  reopen_ = true; // another number: what is under way here speaks of the old one
}

void cluster_node::send(const base::store_id& to, message::any what) {
  if (to == self_ || !members_.contains(to)) return;
  if (with_.planted.never_pull && std::holds_alternative<message::pull>(what)) return;
  with_.world.message(self_, to, std::make_shared<const message::any>(std::move(what)));
}

void cluster_node::drop(const base::space_id& space, bool for_good) {
  const auto found = copies_.find(space);
  if (found == copies_.end()) return;
  by_number_.erase(found->second.number);
  log_->forget(found->second.number);
  if (for_good)
    runs_->drop_space(found->second.number, log_->notes());
  else
    runs_->release_space(found->second.number, log_->notes());
  copies_.erase(found);
}

/// Opens what this node is to hold, or kept; drops what was dropped.
void cluster_node::follow_directory() {
  std::set<base::space_id> kept;
  for (const auto& [number, row] : runs_->spaces())
    if (!row.dropped && !catalog::is_staged(row)) kept.insert(row.identity);
  for (const auto& space : kept)
    if (directory_.dropped(space) && !with_.planted.ignore_drops) drop(space, true);
  for (const auto& row : directory_.resolvable()) {
    const auto wanted = is_placed(router_.find(row.identity).placed.replicas, self_);
    if (copies_.contains(row.identity) || (!wanted && !kept.contains(row.identity))) continue;
    memory::space_config config;
    config.identity = row.identity;
    config.name = row.what.name;
    config.dimension = row.what.dimension;
    config.language = row.what.language;
    open_space(row.identity, config);
  }
}

std::vector<base::store_id> cluster_node::placement_of(const base::space_id& space) const {
  if (space != membership::directory_identity()) return router_.find(space).placed.replicas;
  std::vector<base::store_id> out;
  for (const auto& [id, state] : members_)
    if (state != membership::member_state::left) out.push_back(id);
  out.push_back(self_);
  std::sort(out.begin(), out.end());
  return out;
}

// -- members ------------------------------------------------------------------------------------

void cluster_node::carry_out(const membership::swim_actions& actions) {
  if (actions.persist_incarnation) with_.world.persist(self_, swim_.incarnation());
  for (const auto& one : actions.send) with_.world.packet(self_, one);
  if (!actions.events.empty()) members_changed();
}

bool cluster_node::is_placed(const std::vector<base::store_id>& placement,
                             const base::store_id& id) {
  return std::find(placement.begin(), placement.end(), id) != placement.end();
}

void cluster_node::members_changed() {
  std::map<base::store_id, membership::member_state> now_known;
  for (const auto& m : swim_.members()) {
    if (m.id == self_) continue;
    now_known[m.id] = m.state;
  }
  for (const auto& [id, before] : members_) {
    const auto after = now_known.find(id);
    const bool up = after != now_known.end() && membership::is_up(after->second);
    if (up && !membership::is_up(before))
      next_full_beat_ = next_beat_ = steady_; // may lack anything
    if (up) continue;
    for (auto& [space, which] : copies_) which.core->lost(id);
  }
  for (const auto& [id, state] : now_known)
    if (!members_.contains(id)) next_full_beat_ = next_beat_ = steady_;
  members_ = std::move(now_known);
  settle_members(true);
}

/// Who counts is a matter of time as well.
void cluster_node::settle_members(bool changed) {
  std::vector<membership::standing> all;
  for (const auto& m : swim_.members())
    all.push_back({m.id, m.zone, m.state, directory_.retired(m.id)});
  auto counted = succession_.look(all, since_start());
  if (!changed && counted == *router_.members()) return;
  router_.set_members(std::move(counted));
  busy_until_ = steady_ + busy;
  for (auto& [space, which] : copies_) {
    which.placement = placement_of(space);
    which.core->placed(which.placement);
  }
  if (!copies_.empty()) follow_directory();
}

bool cluster_node::handed_over() const {
  return directory_.retired(self_) &&
         std::none_of(copies_.begin(), copies_.end(),
                      [](const auto& one) { return one.second.part != nullptr; }) &&
         std::any_of(members_.begin(), members_.end(), [this](const auto& member) {
           const auto& names = *copies_.at(membership::directory_identity()).core;
           const auto* said = names.known(member.first);
           return member.second == membership::member_state::alive && said != nullptr &&
                  said->covers(names.held());
         });
}

void cluster_node::tick_swim(base::instant now) { carry_out(swim_.tick(now)); }

void cluster_node::hear(const membership::message& what, base::instant now) {
  if (with_.planted.forget_refutations && std::holds_alternative<membership::table>(what.body))
    return;
  carry_out(swim_.step(now, what));
}

void cluster_node::leave(base::instant now) {
  carry_out(swim_.leave(now));
  members_changed();
}

// -- talking ------------------------------------------------------------------------------------

const cluster_node::copy* cluster_node::find(const base::space_id& space) const {
  const auto found = copies_.find(space);
  return found == copies_.end() ? nullptr : &found->second;
}

void cluster_node::receive(const base::store_id& from, const message::any& what,
                           base::instant steady) {
  steady_ = steady;
  if (reopen_ || !members_.contains(from)) return;
  const auto hear_one = [&](const base::space_id& space, const auto& m) {
    const auto found = copies_.find(space);
    if (found == copies_.end()) {
      if (const auto* v = std::get_if<message::vector>(&what); v != nullptr && v->answer)
        send(from, message::vector{space, {}, false, false});
      return;
    }
    carry_out(space, found->second.core->receive(from, m, steady_));
  };
  if (const auto* digests = std::get_if<message::digests>(&what)) {
    for (const auto& item : digests->items) {
      const auto found = copies_.find(item.space);
      if (found == copies_.end()) continue;
      auto& which = found->second;
      if (item.digest == which.core->digest() &&
          std::exchange(which.heard[from], item.digest) == item.digest)
        which.said.erase(from); // it does not know that this copy is as far
      hear_one(item.space, message::any{message::digests{{item}}});
      if (reopen_) return;
    }
  } else {
    busy_until_ = steady_ + busy;
    const bool brings = std::holds_alternative<message::entries>(what);
    if (brings && with_.disk.stats()->bytes_free < reserve_bytes)
      return; // pulled when there is room
    const auto space = std::visit(
        [](const auto& m) {
          if constexpr (requires { m.space; }) return m.space;
          return base::space_id{};
        },
        what);
    hear_one(space, what);
  }
  commit();
}

/// Digests of what changed, and of what a peer is not known to hold; sometimes all of them.
void cluster_node::heartbeat() {
  if (steady_ < next_beat_) return;
  next_beat_ = steady_ + beat;
  const bool full = steady_ >= next_full_beat_;
  if (full) next_full_beat_ = steady_ + full_beat;
  for (const auto& [id, state] : members_) {
    if (!membership::is_up(state)) continue;
    message::digests out;
    for (auto& [space, which] : copies_) {
      if (!is_placed(which.placement, id)) continue;
      const auto digest = which.core->digest();
      const auto* known = which.core->known(id);
      const bool differs = known == nullptr || !(*known == which.core->held());
      auto& said = which.said[id];
      if (!full && !differs && said == digest) continue;
      said = digest;
      out.items.push_back({space, digest});
    }
    if (!out.items.empty()) send(id, std::move(out));
  }
}

void cluster_node::tick(base::instant steady) {
  steady_ = steady;
  commit();
  settle_members(false);
  std::vector<base::space_id> gone;
  for (auto& [space, which] : copies_) {
    if (reopen_) return;
    carry_out(space, which.core->tick(steady_));
    const auto digest = which.core->digest();
    if (which.part && which.stood_at != digest && !which.core->is_distrusted() &&
        which.core->is_comparable()) {
      which.stood_at = digest;
      with_.world.stood_at(self_, space, digest, state_of(which));
    }
    const bool early = with_.planted.drop_strays_early && which.core->is_stray();
    if (which.part && (early || which.core->is_covered())) gone.push_back(space);
  }
  for (const auto& space : gone) drop(space, false);
  give_up_long_dead();
  // Nobody's heartbeats reach who has left: it asks.
  if (const auto* kept = find(membership::directory_identity()); has_left() && kept != nullptr)
    for (const auto& [id, state] : members_)
      if (membership::is_up(state))
        send(id, message::vector{kept->space, kept->core->held(), true, false});
  if (!reopen_) heartbeat();
  commit();
}

/// The directory is kept up to the end: who leaves has to hear which spaces were dropped.
bool cluster_node::all_know(const replicator& core) const {
  return std::all_of(members_.begin(), members_.end(), [&](const auto& member) {
    const auto* said = core.known(member.first);
    return member.second == membership::member_state::left ||
           (said != nullptr && said->covers(core.held()));
  });
}

bool cluster_node::may_go() const {
  return has_left() && std::all_of(copies_.begin(), copies_.end(), [this](const auto& one) {
           const auto& core = *one.second.core;
           return core.held().empty() || core.is_covered() || (!one.second.part && all_know(core));
         });
}

base::hash128 cluster_node::state_of(const copy& which) const {
  return which.part ? which.view->state->state_hash : directory_.state_hash();
}

} // namespace engram::simulation

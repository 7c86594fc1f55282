#include "tests/simulation/cluster_node.hpp"

#include "base/check.hpp"

#include <algorithm>

namespace engram::simulation {

using namespace storage; // NOLINT: the node speaks of little else

namespace {

constexpr membership::succession_rules soon{.replace_after = std::chrono::seconds(6),
                                            .pause_in_zone = std::chrono::seconds(5),
                                            .remove_after = std::chrono::seconds(20)};

constexpr std::uint16_t feature_known = 2;

actors::replication_rules small_rules() {
  actors::replication_rules out;
  out.replace_after = base::duration{6'000};
  out.cores.give = {base::duration{10'000}, 20'000};
  out.cores.chunk_bytes = 20'000;
  out.cores.snapshot_patience = base::duration{5'000};
  out.cores.explain_patience = base::duration{5'000};
  out.cores.watch = {base::duration{2'000}, base::duration{20'000}, base::duration{30'000},
                     base::duration{5'000}, true};
  return out;
}

} // namespace

cluster_node::cluster_node(parts with, base::instant now, base::instant steady, std::uint64_t seed)
    : with_(std::move(with)), self_(with_.self.id), steady_(steady),
      swim_({}, with_.self, with_.seeds, base::random(seed)), succession_(soon), router_(self_, 3),
      sheets_({}, seed + 1, [this](const base::space_id& space) {
        return directory_.dropped(space) && !with_.planted.keep_sheets;
      }) {
  auto opened = catalog::open(with_.disk, with_.entropy, steady, {base::hash128{1, 1}, false});
  CHECK(opened.has_value());
  runs_ = *std::move(opened);
  const log_writer::run own{runs_->self().number, runs_->self().origin};
  log_.emplace(own, runs_->newest_stamp());
  replicas_.emplace(actors::replica_set::parts{self_, own, with_.disk, *this, with_.entropy, *this,
                                               counted_, small_rules()});
  tell_time(steady);
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

void cluster_node::tell_time(base::instant steady) {
  steady_ = steady;
  replicas_->set_time(steady_, steady_ + skew_);
}

void cluster_node::drop(const base::space_id& space, bool for_good) {
  const auto found = copies_.find(space);
  if (found == copies_.end()) return;
  replicas_->dropped(space);
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
    const auto wanted = router_.find(row.identity).placed.holds(self_);
    if (copies_.contains(row.identity) || (!wanted && !kept.contains(row.identity))) continue;
    memory::space_config config;
    config.identity = row.identity;
    config.name = row.what.name;
    config.dimension = row.what.dimension;
    config.language = row.what.language;
    open_space(row.identity, config);
  }
}

// -- members ------------------------------------------------------------------------------------

void cluster_node::carry_out(const membership::swim_actions& actions) {
  if (actions.persist_incarnation) with_.world.persist(self_, swim_.incarnation());
  for (const auto& one : actions.send) with_.world.packet(self_, one);
  if (!actions.events.empty()) members_changed();
}

void cluster_node::members_changed() {
  std::vector<actors::member_info> all;
  members_.clear();
  for (const auto& m : swim_.members()) {
    if (m.id != self_) members_[m.id] = m.state;
    all.push_back({m.id, m.peer_address, m.state, m.incarnation});
    all.back().feature_max = feature_known;
  }
  settle_members(true);
  replicas_->set_members(all);
  std::vector<base::store_id> others;
  for (const auto& [id, state] : members_)
    if (membership::is_up(state)) others.push_back(id);
  sheets_.set_members(std::move(others));
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
  if (!changed) replicas_->place();
  directory_moved_ = true;
}

bool cluster_node::is_needed() const {
  return std::any_of(copies_.begin(), copies_.end(), [this](const auto& one) {
    return one.second.part != nullptr && !replicas_->is_elsewhere(one.first).value_or(false);
  });
}

bool cluster_node::handed_over() const {
  return directory_.retired(self_) &&
         replicas_->is_elsewhere(membership::directory_identity()).value_or(false) &&
         std::all_of(copies_.begin(), copies_.end(), [this](const auto& one) {
           return one.second.part == nullptr || replicas_->is_covered(one.first);
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
  tell_time(steady);
  if (reopen_) return;
  if (!std::holds_alternative<message::digests>(what)) busy_until_ = steady_ + busy;
  replicas_->receive(from, what, 0);
  commit();
}

void cluster_node::tick(base::instant steady) {
  tell_time(steady);
  commit();
  settle_members(false);
  if (!reopen_) replicas_->tick();
  commit();
  std::vector<base::space_id> gone;
  for (auto& [space, which] : copies_) {
    if (reopen_) return;
    const auto& core = core_of(space);
    const auto digest = core.digest();
    if (which.part && which.stood_at != digest && !core.is_distrusted() && core.is_comparable()) {
      which.stood_at = digest;
      with_.world.stood_at(self_, space, digest, state_of(which));
    }
    const bool early = with_.planted.drop_strays_early && core.is_stray();
    if (which.part && !directory_.retired(self_) && (early || replicas_->may_let_go(space)))
      gone.push_back(space);
  }
  look_at_concepts();
  for (const auto& space : gone) {
    (void)replicas_->let_go(space);
    drop(space, false);
  }
  give_up_long_dead();
  commit();
}

base::hash128 cluster_node::state_of(const copy& which) const {
  return which.part ? which.view->state->state_hash : directory_.state_hash();
}

} // namespace engram::simulation

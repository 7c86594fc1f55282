// The node among others: who they are, what they send, what they ask.

#include "actors/node/node.hpp"

#include <algorithm>
#include <set>

namespace engram::actors {

namespace {
/// A member may ask for a space that was made a moment ago, before this one heard of it.
constexpr std::chrono::seconds early_patience{2};
} // namespace

void node::set_members(std::vector<member_info> members) {
  members_told_ = true;
  std::sort(members.begin(), members.end(), [](const member_info& a, const member_info& b) {
    return a.address != b.address ? a.address < b.address : a.store < b.store;
  });
  const auto members_now = members;
  {
    const std::lock_guard lock(members_mutex_);
    members_ = std::move(members);
  }
  if (ports_.peers != nullptr)
    for (const auto& m : members_now) {
      if (m.store == store_) continue;
      if (m.state == membership::member_state::left)
        ports_.peers->forget(m.store);
      else
        ports_.peers->introduce(m.store, m.address);
    }
  settle_members(true);
  concepts_.sheets().set_members(members_now);
}

// -- what others say ----------------------------------------------------------------------------

void node::message_arrived(const peer_identity& from, channel on, std::string message) {
  if (on == channel::replication && replication_)
    replication_->arrived(from.store, std::move(message));
  if (on == channel::concepts) concepts_.sheets().arrived(from.store, std::move(message));
}

/// Another member's coordinator asks. Its directory may be ahead of this one's, and its view of who
/// is alive may be better: what cannot be done here is worth asking elsewhere.
void node::asked(const peer_identity&, std::shared_ptr<ask> what, reply<answer> done) {
  if (is_outdated()) return refuse(done, {base::errc::unavailable, verdict()});
  if (std::holds_alternative<write_ask>(what->what) && is_retired())
    return refuse(done, {base::errc::unavailable, "this member hands over what it holds"});
  if (const auto* write = std::get_if<write_ask>(&what->what))
    if (const auto copies = router_.copies_needed(router_.find(what->space), write->wanted);
        !copies)
      return refuse(done, copies.error());
  const auto space = what->space;
  if (!directory_->read([&](const membership::directory& d) { return d.find(space) != nullptr; })) {
    const std::lock_guard lock(early_mutex_);
    early_.push_back({std::move(what), std::move(done), ports_.clock.monotonic() + early_patience});
    return;
  }
  answer_known(std::move(what), std::move(done));
}

/// Of a space that the directory knows.
void node::answer_known(std::shared_ptr<ask> what, reply<answer> done) {
  if (std::holds_alternative<audit_ask>(what->what)) return answer_audit(*what, std::move(done));
  replica_.send(store_, std::move(what), std::move(done));
}

/// Asks about spaces that the directory has heard of by now; those it has not, after a while.
void node::answer_early(bool all) {
  const auto now = ports_.clock.monotonic();
  std::vector<early_ask> known, late;
  {
    const std::lock_guard lock(early_mutex_);
    for (auto& one : std::exchange(early_, {})) {
      const auto space = one.what->space;
      if (directory_->read([&](const membership::directory& d) { return d.find(space); }))
        known.push_back(std::move(one));
      else if (all || now >= one.until)
        late.push_back(std::move(one));
      else
        early_.push_back(std::move(one));
    }
  }
  for (auto& one : known) answer_known(std::move(one.what), std::move(one.done));
  for (auto& one : late)
    one.done(base::error{base::errc::unavailable, "space id=" + one.what->space.hex()});
}

void node::send(const base::store_id& to, std::shared_ptr<ask> what, reply<answer> done) {
  if (to == store_) return replica_.send(to, std::move(what), std::move(done));
  if (ports_.peers == nullptr)
    return done(base::error{base::errc::unavailable, "no link to " + to.hex()});
  ports_.peers->send(to, std::move(what), std::move(done));
}

// -- copies -------------------------------------------------------------------------------------

void node::await(const base::space_id& space, std::vector<storage::needed_entries> needs,
                 durability wanted, reply<std::size_t> done) {
  const auto placed = router_.find(space).placed;
  const std::size_t copies = wanted == durability::local    ? 1
                             : wanted == durability::quorum ? placed.quorum
                                                            : placed.factor;
  if (copies <= 1 || !replication_) return done(std::size_t{1});
  replication_->await(space, std::move(needs), copies, config_.deadline, std::move(done));
}

/// A change of the directory is held by three members, or by all that are up; and only where a
/// majority can be told, so that two halves do not go apart in names and keys.
base::result<std::size_t> node::directory_copies() const {
  TRY(router_.check_known());
  std::size_t known = 0, up = 0;
  for (const auto& m : standings()) {
    known += membership::succession::counts(m);
    up += m.state < membership::member_state::dead;
  }
  if (up < membership::quorum_of(static_cast<std::uint32_t>(known)))
    return {base::errc::too_few_replicas, "the directory needs a majority of " +
                                              std::to_string(known) + " members, reaches " +
                                              std::to_string(up)};
  return std::min<std::size_t>(up, 3);
}

void node::await_directory(std::vector<storage::needed_entries> needs, reply<void> done) {
  const auto copies = directory_copies();
  if (!copies || *copies <= 1)
    return done(copies ? base::success() : base::result<void>(copies.error()));
  replication_->await(membership::directory_identity(), std::move(needs), *copies, config_.deadline,
                      [done = std::move(done)](const base::result<std::size_t>& held) {
                        done(held ? base::success() : base::result<void>(held.error()));
                      });
}

// -- what replication asks ----------------------------------------------------------------------

std::vector<base::store_id> node::placement_of(const base::space_id& space) {
  std::vector<base::store_id> out;
  if (space == membership::directory_identity()) {
    for (const auto& m : standings())
      if (membership::succession::counts(m)) out.push_back(m.id);
    return out;
  }
  const bool known = directory_->read([&](const membership::directory& d) {
    return d.find(space) != nullptr && !d.dropped(space);
  });
  if (known) out = router_.find(space).placed.replicas;
  return out;
}

void node::want(const base::space_id& space) {
  open_space(space, [](const base::result<std::shared_ptr<space_slot>>&) {});
}

std::shared_ptr<space_slot> node::find(const base::space_id& space) {
  return supervisor_.find(space);
}

void node::exchange_copy(const base::space_id& space, std::function<void()> work) {
  if (!supervisor_.find(space)) return want(space); // once it is open, replication asks again
  supervisor_.exchange_copy(space, std::move(work));
}

void node::apply_directory(std::vector<storage::tail_entry> entries) {
  directory_->apply_foreign(entries);
  answer_early(false);
  for (const auto& space : log_.kept_spaces()) // dropped elsewhere
    if (directory_->read([&](const membership::directory& d) { return d.dropped(space); }))
      drop_copy(space, [](const base::result<void>&) {});
}

void node::drop_copy(const base::space_id& space, reply<void> done) {
  supervisor_.drop(space, [this, space, done = std::move(done)](const base::result<void>& erased) {
    if (replication_) replication_->dropped(space);
    done(erased);
  });
}

void node::run_forked(const base::error& why) {
  if (!std::exchange(told_of_fork_, true)) ports_.fatal(why);
}

std::optional<std::vector<storage::trim_floors>>
node::trim_floors_of(const base::space_id& space, const std::vector<storage::vector_row>& rows) {
  if (replication_) return replication_->floors_of(space, rows);
  std::vector<storage::trim_floors> out;
  for (const auto& row : rows) out.push_back({row.applied, row.applied}); // the only replica
  return out;
}

// -- the cluster --------------------------------------------------------------------------------

cluster_info node::look_at_cluster() {
  cluster_info out;
  out.cluster = cluster_;
  out.self = store_;
  {
    const std::lock_guard lock(members_mutex_);
    out.members = members_;
  }
  const auto placed_members = router_.members();
  for (auto& m : out.members) {
    m.retired =
        directory_->read([&](const membership::directory& d) { return d.retired(m.store); });
    m.replaced = std::any_of(placed_members->begin(), placed_members->end(),
                             [&](const auto& p) { return p.id == m.store && p.replaced; });
  }
  out.level = level();
  for (const auto& row :
       directory_->read([](const membership::directory& d) { return d.resolvable(); })) {
    const auto placed = router_.find(row.identity).placed;
    placement_info info{row.what.name, row.identity, placed.factor, placed.quorum, {}};
    auto others =
        replication_ ? replication_->replicas_of(row.identity) : std::vector<replica_info>{};
    for (const auto& id : placed.replicas) {
      const auto known = std::find_if(others.begin(), others.end(),
                                      [&](const replica_info& r) { return r.store == id; });
      const bool here = id == store_;
      info.replicas.push_back(
          known != others.end()
              ? *known
              : replica_info{id, true, here ? std::optional<std::uint64_t>(0) : std::nullopt, {}});
    }
    for (const auto& other : others)
      if (!other.placed) info.replicas.push_back(other);
    out.spaces.push_back(std::move(info));
  }
  out.verdict = verdict();
  return out;
}

void node::cluster(reply<cluster_info> done) {
  // Each space asks replication, which has a thread of its own: not for the caller to wait for.
  const auto queued = pool_.submit_admitted([this, done] { done(look_at_cluster()); });
  if (!queued) done(queued.error());
}

/// A space that lies here and of which no other live member is known to have as much; "": none.
std::string node::held_only_here() {
  for (const auto& row :
       directory_->read([](const membership::directory& d) { return d.resolvable(); })) {
    const auto elsewhere = replication_ ? replication_->is_elsewhere(row.identity) : std::nullopt;
    if (elsewhere.value_or(!router_.find(row.identity).placed.holds(store_))) continue;
    want(row.identity); // where it is closed, the others were not compared with it
    return row.what.name;
  }
  return {};
}

void node::leave(reply<void> done) {
  if (ports_.membership == nullptr)
    return refuse(done, {base::errc::unavailable, "a cluster of one"});
  const auto queued = pool_.submit_admitted([this, done] {
    if (const auto name = held_only_here(); !name.empty())
      return done(base::error{base::errc::too_few_replicas,
                              "no other live member is known to have all of space=" + name});
    ports_.membership->leave(done);
  });
  if (!queued) done(queued.error());
}

} // namespace engram::actors

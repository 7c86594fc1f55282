#include "actors/replication/replication.hpp"

#include "base/planted.hpp"
#include "membership/directory.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

template <class... F>
struct overloaded : F... {
  using F::operator()...;
};

base::space_id space_of(const storage::message::any& what) {
  return std::visit(overloaded{[](const storage::message::digests&) { return base::space_id{}; },
                               [](const auto& m) { return m.space; }},
                    what);
}

} // namespace

// -- peers --------------------------------------------------------------------------------------

void replication::take(arrival& what) {
  received_.add();
  const auto decoded = storage::message::decode_replication(what.message);
  if (!decoded) {
    malformed_.add();
    return;
  }
  if (const auto* digests = std::get_if<storage::message::digests>(&*decoded))
    return take_digests(what.from, *digests);
  const auto space = space_of(*decoded);
  auto* which = find(space);
  if (which == nullptr) return answer_stranger(what.from, *decoded);
  if (which->exchanging) return;
  const auto* entries = std::get_if<storage::message::entries>(&*decoded);
  if (entries != nullptr && (!with_.log.has_room() || (disk_crowded_ && is_new(space, *which)))) {
    dropped_.add(); // it is pulled when there is room again
    return;
  }
  if ((entries != nullptr && entries->pulled) ||
      std::holds_alternative<storage::message::snapshot_chunk>(*decoded))
    pacer_.took(what.message.size(), steady());
  carry_out(space, which->core->receive(what.from, *decoded, steady()));
  if (std::holds_alternative<storage::message::vector>(*decoded)) {
    which->unheard.erase(what.from);
    look(space, *which);
  }
}

void replication::take_digests(const base::store_id& from, const storage::message::digests& what) {
  for (const auto& item : what.items) {
    auto* which = find(item.space);
    if (which == nullptr) {
      with_.host.want(item.space);
      continue;
    }
    if (which->exchanging) continue;
    carry_out(item.space, which->core->heard_digest(from, item.digest, steady()));
    if (item.digest == which->core->digest()) {
      which->unheard.erase(from);
      // Said twice, it does not know that this copy is as far. Once in a while: it may be that
      // nothing was lost, and two that answer each other's repetitions would never end.
      const auto other = peers_.find(from);
      if (other != peers_.end() &&
          std::exchange(other->second.heard[item.space], item.digest) == item.digest &&
          steady() - other->second.said[item.space].at > with_.rules.full_heartbeat / 2)
        other->second.said.erase(item.space);
    }
    look(item.space, *which);
  }
}

/// Of a space that is not open. Who asks for a vector may be waiting for one.
void replication::answer_stranger(const base::store_id& from, const storage::message::any& what) {
  const auto space = space_of(what);
  const auto placed = with_.host.placement_of(space);
  const bool here = std::find(placed.begin(), placed.end(), with_.self) != placed.end();
  const bool kept = std::ranges::count(with_.log.kept_spaces(), space) > 0;
  if (here || kept || std::holds_alternative<storage::message::entries>(what))
    return with_.host.want(space);
  const auto* vector = std::get_if<storage::message::vector>(&what);
  if (vector != nullptr && vector->answer)
    send(from, storage::message::vector{space, {}, false, false});
}

void replication::members_changed(std::vector<member_info> members) {
  std::map<base::store_id, peer> now_known;
  for (const auto& m : members) {
    if (m.store == with_.self || m.state == membership::member_state::left) continue;
    auto& other = now_known[m.store];
    if (const auto before = peers_.find(m.store); before != peers_.end()) other = before->second;
    const bool was_up = std::exchange(other.is_up, m.state != membership::member_state::dead);
    if (!other.is_up && (was_up || other.address.empty())) other.down_since = steady();
    other.address = m.address;
    if (!was_up && other.is_up) next_full_beat_ = next_beat_ = steady(); // it may lack anything
  }
  for (const auto& [id, other] : peers_)
    if (!now_known.contains(id) || !now_known.at(id).is_up)
      for (auto& [space, which] : replicas_) {
        which.core->lost(id);
        which.unheard.erase(id);
      }
  peers_ = std::move(now_known);
  alone_ = peers_.empty();
  told_ = told_ || std::any_of(members.begin(), members.end(),
                               [](const member_info& m) { return m.incarnation > 0; });
  for (auto& [space, which] : replicas_) place(space, which);
}

// -- the log ------------------------------------------------------------------------------------

void replication::take(forming& what) {
  for (const auto& outcome : *what.what)
    if (const auto space = by_number_.find(outcome.space); space != by_number_.end())
      carry_out(space->second, replicas_.at(space->second).core->formed(outcome, steady()));
}

void replication::take(outcomes& what) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<storage::tail_entry>> foreign;
  for (const auto& outcome : *what) {
    if (outcome.origin == with_.log.self_number() || !by_number_.contains(outcome.space)) continue;
    auto& together = foreign[{outcome.space, outcome.origin}];
    for (std::size_t i = 0; i < outcome.entries.size(); ++i)
      together.push_back(
          i < outcome.payloads.size()
              ? storage::tail_of(outcome.origin, outcome.entries[i], outcome.payloads[i])
              : read_entry(outcome.space, outcome.origin, outcome.entries[i]));
    for (const auto& header : outcome.released)
      together.push_back(read_entry(outcome.space, outcome.origin, header));
  }
  for (auto& [where, entries] : foreign) apply(by_number_.at(where.first), std::move(entries));
  for (const auto& outcome : *what)
    if (const auto space = by_number_.find(outcome.space); space != by_number_.end())
      carry_out(space->second, replicas_.at(space->second).core->durable(outcome, steady()));
}

void replication::take(restoration& what) {
  auto& which = replicas_[what.space];
  if (which.core) { // replaced by a snapshot
    by_number_.erase(which.number);
    end_waits(what.space, {base::errc::timed_out, "the copy was replaced"});
  }
  which = {};
  which.number = what.number;
  auto how = with_.rules.cores;
  how.watch.on = what.space != membership::directory_identity(); // which keeps no such sums
  which.core = std::make_unique<storage::replicator>(
      storage::replicator::parts{with_.self, what.space, what.number, with_.store, with_.log,
                                 with_.entropy},
      how);
  by_number_.insert_or_assign(what.number, what.space);
  for (const auto& [origin, mark] : what.held.marks()) which.core->restore(origin, mark);
  which.in_sync_at = now();
  place(what.space, which);
  // A copy that once was whole is served as it is; an empty one may be the newest of many.
  which.filling = what.filling;
  if (what.held.empty() || what.filling)
    for (const auto& [id, other] : peers_)
      if (other.is_up) which.unheard.insert(id);
  if (what.held.empty() && !(told_ && which.unheard.empty()) && !std::exchange(which.filling, true))
    with_.log.mark_filling(what.space, true);
  for (const auto& [id, other] : peers_) {
    const bool placed =
        std::find(which.placement.begin(), which.placement.end(), id) != which.placement.end();
    if (other.is_up && (placed || which.unheard.contains(id)))
      send(id,
           storage::message::vector{what.space, which.core->held(), true, which.core->is_stray()});
  }
  look(what.space, which);
}

void replication::take(opening& what) {
  const auto& space = what.slot->config.identity;
  auto* which = find(space);
  if (which == nullptr) return;
  if (which->exchanging) return start_exchange(space);
  const auto lost = what.slot->lost_at_open + what.slot->view()->state->counts.damaged;
  if (lost > 0 && !base::planted("serve_damaged")) {
    which->core->distrust();
    rebuilds_.add();
  }
  what.slot->set_in_sync(which->in_sync_at);
  catch_up(space, *what.slot);
  look(space, *which);
}

void replication::take(waiting& what) {
  auto* which = find(what.space);
  if (which == nullptr)
    return what.done(base::error{base::errc::timed_out, "the space was replaced"});
  const auto id = ++last_wait_;
  waiting_.emplace(id, asker{what.space, std::move(what.done)});
  carry_out(what.space,
            which->core->await(id, std::move(what.needs), what.copies, what.deadline, steady()));
}

} // namespace engram::actors

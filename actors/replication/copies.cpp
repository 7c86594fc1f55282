// The copies that lie here: opened, written to, replaced.

#include "actors/replication/replica_set.hpp"

#include "base/planted.hpp"
#include "membership/directory.hpp"
#include "storage/replication/log_reader.hpp"

#include <algorithm>

namespace engram::actors {

replica_set::replica* replica_set::at(const base::space_id& space) {
  const auto found = replicas_.find(space);
  return found == replicas_.end() ? nullptr : &found->second;
}

const replica_set::replica* replica_set::at(const base::space_id& space) const {
  const auto found = replicas_.find(space);
  return found == replicas_.end() ? nullptr : &found->second;
}

const storage::replicator* replica_set::find(const base::space_id& space) const {
  const auto* which = at(space);
  return which == nullptr ? nullptr : which->core.get();
}

std::uint32_t replica_set::number_of(const base::space_id& space) const {
  return at(space)->number;
}

// -- opening ------------------------------------------------------------------------------------

void replica_set::restored(std::uint32_t number, const base::space_id& space,
                           const storage::log_vector& held, bool filling) {
  auto& which = replicas_[space];
  if (which.core) { // replaced by a snapshot
    by_number_.erase(which.number);
    end_waits(space, {base::errc::timed_out, "the copy was replaced"});
  }
  which = {};
  which.number = number;
  auto how = with_.rules.cores;
  how.watch.on = space != membership::directory_identity(); // which keeps no such sums
  which.core = std::make_unique<storage::replicator>(
      storage::replicator::parts{with_.self, space, number, with_.store, with_.log, with_.entropy,
                                 steady_},
      how);
  by_number_.insert_or_assign(number, space);
  for (const auto& [origin, mark] : held.marks()) which.core->restore(origin, mark);
  place(space, which);
  // A copy that once was whole is served as it is; an empty one may be the newest of many.
  which.filling = filling;
  if (held.empty() || filling)
    for (const auto& [id, other] : peers_)
      if (other.is_up) which.unheard.insert(id);
  if (held.empty() && !(told_ && which.unheard.empty()) && !std::exchange(which.filling, true))
    mark_filling(which, true);
  for (const auto& [id, other] : peers_) {
    if (other.is_up && (which.is_placed(id) || which.unheard.contains(id)))
      send(id, storage::message::vector{space, which.core->held(), true, which.core->is_stray()});
  }
  look(space, which);
}

/// Survives a crash together with the entries that come after it.
void replica_set::mark_filling(const replica& which, bool filling) {
  with_.log.use([&](storage::log_writer& log, storage::catalog& runs) {
    runs.mark(which.number, storage::catalog::mark_filling, filling, log.notes());
  });
}

void replica_set::opened(const base::space_id& space, const version_vector& applied, bool damaged) {
  auto* which = at(space);
  if (which == nullptr) return;
  if (which->exchanging) return with_.ports.exchange(space);
  if (damaged && !base::planted("serve_damaged")) {
    which->core->distrust();
    with_.counted.rebuilds.add();
  }
  catch_up(space, *which, applied);
  look(space, *which);
}

/// What became durable while the space was being opened.
void replica_set::catch_up(const base::space_id& space, const replica& which,
                           const version_vector& applied) {
  std::map<std::uint32_t, base::origin_id> others;
  with_.log.use([&](storage::log_writer&, storage::catalog& runs) {
    for (const auto& [number, row] : runs.runs())
      if (number != with_.run.number) others.emplace(number, row.origin);
  });
  for (const auto& [number, origin] : others) {
    const auto durable = which.core->held().at(origin);
    if (applied.at(origin) >= durable) continue;
    const storage::message::pull rest{space, origin, applied.at(origin) + 1, ~0ull >> 1, true};
    const auto found = storage::answer_pull(with_.store, {which.number, number}, rest, durable);
    if (!found) continue;
    std::vector<storage::tail_entry> entries;
    for (const auto& item : found->items)
      entries.push_back(read_entry(which.number, number, item.header));
    apply(space, std::move(entries));
  }
}

bool replica_set::is_kept(const base::space_id& space) {
  bool out = false;
  with_.log.use([&](storage::log_writer&, storage::catalog& runs) {
    for (const auto& [number, row] : runs.spaces())
      out = out || (!row.dropped && row.identity == space);
  });
  return out;
}

void replica_set::place() {
  for (auto& [space, which] : replicas_) place(space, which);
}

void replica_set::place(const base::space_id& space, replica& which) {
  which.placement = with_.ports.placement_of(space);
  which.core->placed(which.placement);
}

// -- the log ------------------------------------------------------------------------------------

void replica_set::formed(const std::vector<storage::log_outcome>& what) {
  for (const auto& outcome : what)
    if (const auto space = by_number_.find(outcome.space); space != by_number_.end())
      carry_out(space->second, replicas_.at(space->second).core->formed(outcome, steady_));
}

void replica_set::durable(const std::vector<storage::log_outcome>& what) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<storage::tail_entry>> foreign;
  for (const auto& outcome : what) {
    if (outcome.origin == with_.run.number || !by_number_.contains(outcome.space)) continue;
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
  for (const auto& outcome : what)
    if (const auto space = by_number_.find(outcome.space); space != by_number_.end())
      carry_out(space->second, replicas_.at(space->second).core->durable(outcome, steady_));
}

storage::tail_entry replica_set::read_entry(std::uint32_t space, std::uint32_t origin,
                                            const storage::entry_header& header) const {
  const auto stored =
      with_.store.get(storage::column::payload, storage::entry_key(space, origin, header.sequence));
  return storage::tail_of(origin, header, stored ? *stored : std::string{});
}

void replica_set::apply(const base::space_id& space, std::vector<storage::tail_entry> entries) {
  if (entries.empty()) return;
  with_.counted.applied.add(entries.size());
  with_.ports.apply(space, std::move(entries));
}

void replica_set::await(std::uint64_t id, const base::space_id& space,
                        std::vector<storage::needed_entries> needs, std::size_t copies,
                        base::instant deadline) {
  auto* which = at(space);
  if (which == nullptr)
    return with_.ports.answer(id, base::error{base::errc::timed_out, "the space was replaced"});
  waits_.emplace(id, space);
  carry_out(space, which->core->await(id, std::move(needs), copies, deadline, steady_));
}

void replica_set::end_waits(const base::space_id& space, const base::error& why) {
  std::vector<std::uint64_t> ended;
  for (const auto& [id, of] : waits_)
    if (of == space) ended.push_back(id);
  for (const auto id : ended) {
    waits_.erase(id);
    with_.ports.answer(id, why);
  }
}

void replica_set::carry_out(const base::space_id& space, storage::replicator::effects effects) {
  if (!effects.changes.empty() && !with_.ports.write(effects.changes)) return; // the store failed
  auto& which = replicas_.at(space);
  for (auto& one : effects.send) {
    if (may_ask(which, one.what))
      send(one.to, std::move(one.what));
    else if (const auto* pull = std::get_if<storage::message::pull>(&one.what))
      which.core->held_back(*pull); // wanted again with the next tick; what else asks waits longer
  }
  for (auto& one : effects.writes) {
    if (waits_.erase(one.id) == 0) continue;
    if (one.enough)
      with_.ports.answer(one.id, std::move(one.holders));
    else
      with_.ports.answer(one.id, one.enough.error());
  }
  with_.counted.forks.add(effects.forks.size());
  const auto refused = which.core->offers_refused();
  if (refused > std::exchange(which.offers_refused, refused)) with_.counted.offers_refused.add();
  const auto number = which.number;
  if (effects.wish != storage::account_wish::none)
    with_.ports.read_account(space, number, effects.wish);
  if (effects.next == storage::replicator::step::new_run) with_.ports.run_forked();
  if (effects.next == storage::replicator::step::exchange) start_exchange(space, which);
}

// -- replacing ----------------------------------------------------------------------------------

/// A snapshot is here: with the space closed, one batch makes it the space's copy.
void replica_set::start_exchange(const base::space_id& space, replica& which) {
  which.exchanging = true;
  with_.ports.exchange(space);
}

bool replica_set::finish_exchange(const base::space_id& space) {
  auto* which = at(space);
  if (which == nullptr) return false;
  storage::batch changes;
  const auto number = which->core->finish_snapshot(changes);
  which->exchanging = number.has_value(); // until it is open again, under another number
  if (!number || !with_.ports.write(changes)) return false;
  with_.counted.snapshots.add();
  return true;
}

std::optional<audit> replica_set::inspect(const base::space_id& space, bool rebuild) {
  auto& which = *at(space);
  if (rebuild && !which.exchanging && !std::exchange(which.ordered, true)) {
    which.core->distrust();
    with_.counted.rebuilds.add();
    look(space, which);
  }
  if (!which.exchanging && !which.core->is_distrusted()) return {};
  const bool comes = is_replaceable(which);
  return audit{0, {}, which.core->is_distrusted() && !comes, which.exchanging || comes};
}

void replica_set::take_account(const base::space_id& space, std::uint32_t number,
                               const base::result<storage::state_account>& read) {
  auto* which = at(space);
  if (which == nullptr || which->number != number || which->exchanging) return;
  const bool before = which->core->is_distrusted();
  const auto diverged = which->core->watch().diverged();
  carry_out(space, which->core->account(read, steady_));
  which = at(space);
  if (which == nullptr) return;
  with_.counted.diverged.add(which->core->watch().diverged() - diverged);
  if (before || !which->core->is_distrusted()) return;
  with_.counted.rebuilds.add();
  look(space, *which);
}

base::result<audit> replica_set::audit_of(const base::space_id& space, std::uint32_t number,
                                          const base::result<storage::state_account>& read) const {
  const auto* which = at(space);
  if (which == nullptr || which->number != number || which->exchanging)
    return {base::errc::unavailable, "the copy was replaced"};
  const bool comes = is_replaceable(*which);
  if (!read && read.error().code == base::errc::corrupt) return audit{0, {}, true, comes};
  if (!read) return read.error();
  return audit{which->core->digest_of(*read), read->made, read->made != read->kept,
               which->core->is_distrusted() && comes};
}

} // namespace engram::actors

// The copies that lie here: opened, written to, read or not, replaced.

#include "actors/replication/replica_set.hpp"

#include "base/planted.hpp"
#include "membership/directory.hpp"
#include "storage/replication/log_reader.hpp"

#include <algorithm>

namespace engram::actors {

namespace {
constexpr std::size_t later_max = 1'024; // what is dropped is asked for again
} // namespace

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

bool replica_set::is_serving(const base::space_id& space) const {
  const auto* which = at(space);
  return which != nullptr && which->serving && !which->exchanging;
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
      storage::replicator::parts{with_.self, space, number, with_.store, with_.log, with_.entropy},
      how);
  by_number_.insert_or_assign(number, space);
  for (const auto& [origin, mark] : held.marks()) which.core->restore(origin, mark);
  which.in_sync_at = wall_;
  place(space, which);
  // A copy that once was whole is served as it is; an empty one may be the newest of many.
  which.filling = filling;
  if (held.empty() || filling)
    for (const auto& [id, other] : peers_)
      if (other.is_up) which.unheard.insert(id);
  if (held.empty() && !(told_ && which.unheard.empty()) && !std::exchange(which.filling, true))
    mark_filling(which, true);
  for (const auto& [id, other] : peers_) {
    const bool placed =
        std::find(which.placement.begin(), which.placement.end(), id) != which.placement.end();
    if (other.is_up && (placed || which.unheard.contains(id)))
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
    else if (std::holds_alternative<storage::message::pull>(one.what) && !disk_crowded_ &&
             later_.size() < later_max)
      later_.push_back({one.to, std::move(one.what)}); // what else asks does so again by itself
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

// -- reading ------------------------------------------------------------------------------------

/// Allows reading a replica once it holds what the others had when it came, and tells how old it
/// is.
void replica_set::look(const base::space_id& space, replica& which) {
  const auto& held = which.core->held();
  bool covers = true, heard = false;
  storage::log_vector said_by_all; // where it is more than is held
  for (const auto& id : which.placement) {
    if (id == with_.self) continue;
    const auto other = peers_.find(id);
    const auto* said = which.core->known(id);
    if (other == peers_.end() || !other->second.is_up || said == nullptr) {
      covers = false; // it may have anything
      continue;
    }
    if (!held.covers(*said)) {
      covers = false;
      for (const auto& [origin, mark] : said->marks()) said_by_all.raise(origin, mark);
    }
    heard = true;
    if (said->covers(held)) which.covered_at[id] = wall_;
  }
  if (covers)
    which.in_sync_at = copy_standing::in_sync;
  else if (which.in_sync_at == copy_standing::in_sync)
    which.in_sync_at = wall_;
  if (covers && heard && space == membership::directory_identity()) with_.ports.joined();
  if (!which.serving && which.unheard.empty() && is_whole(which)) {
    which.serving = true; // from now on a start of this node takes it for a whole one
    if (std::exchange(which.filling, false)) mark_filling(which, false);
  }
  copy_standing out{which.in_sync_at,
                    storage::count_entries(storage::missing_from(held, said_by_all))};
  if (which.core->is_distrusted() && is_replaceable(which))
    out.may_read = copy_standing::reading::withdrawn; // until another's is here
  else if (which.serving)
    out.may_read = copy_standing::reading::allowed;
  with_.ports.stands(space, out);
}

bool replica_set::is_new(const base::space_id& space, const replica& which) const {
  return !which.serving && space != membership::directory_identity();
}

/// All that anybody said; and if it never was whole, whoever is up has to have said something.
bool replica_set::is_whole(const replica& which) const {
  if (which.filling && !told_) return false;
  bool heard = peers_.empty();
  for (const auto& [id, other] : peers_) {
    const auto* said = which.core->known(id);
    if (said == nullptr && which.filling && other.is_up) return false;
    if (said == nullptr) continue;
    heard = true;
    if (!which.core->held().covers(*said)) return false;
  }
  return heard || !which.filling;
}

/// Another member may have a copy of it.
bool replica_set::is_replaceable(const replica& which) const {
  if (which.core->is_stray()) return false;
  return std::any_of(which.placement.begin(), which.placement.end(), [&](const auto& id) {
    const auto other = peers_.find(id);
    return other != peers_.end() && other->second.is_up;
  });
}

std::vector<replica_info> replica_set::look_up(const base::space_id& space) const {
  std::vector<replica_info> out;
  const auto* which = at(space);
  if (which == nullptr) return out;
  const auto& placed = which->placement;
  const auto& held = which->core->held();
  storage::log_vector most;
  for (const auto& [id, other] : peers_) {
    const auto* said = which->core->known(id);
    if (said == nullptr) continue;
    for (const auto& [origin, mark] : said->marks()) most.raise(origin, mark);
  }
  out.push_back({with_.self, !which->core->is_stray(),
                 storage::count_entries(storage::missing_from(held, most)), base::duration{0},
                 !which->serving});
  for (const auto& [id, other] : peers_) {
    const auto* said = which->core->known(id);
    replica_info info;
    info.store = id;
    info.placed = std::find(placed.begin(), placed.end(), id) != placed.end();
    if (!info.placed && (said == nullptr || said->empty())) continue;
    if (said != nullptr)
      info.lag_entries = storage::count_entries(storage::missing_from(*said, held));
    const auto since = which->covered_at.find(id);
    if (info.lag_entries != 0 && since != which->covered_at.end()) info.lag = wall_ - since->second;
    info.copying = info.placed && info.lag_entries != 0 && since == which->covered_at.end();
    out.push_back(info);
  }
  return out;
}

// -- going --------------------------------------------------------------------------------------

bool replica_set::is_covered(const base::space_id& space) const {
  const auto* which = at(space);
  return which != nullptr && !which->exchanging && which->core->is_covered();
}

bool replica_set::is_dispensable(const replica& which) const {
  return !which.exchanging && which.core->is_covered() && which.core->held().at(with_.run.id) == 0;
}

bool replica_set::may_let_go(const base::space_id& space) const {
  const auto* which = at(space);
  return which != nullptr && is_dispensable(*which);
}

bool replica_set::let_go(const base::space_id& space) {
  const auto* which = at(space);
  if (which == nullptr || !is_dispensable(*which)) return false;
  end_waits(space, {base::errc::timed_out, "the copy went to those that hold the space"});
  for (const auto& id : which->placement)
    send(id, storage::message::vector{space, {}, false, false});
  by_number_.erase(which->number);
  replicas_.erase(space);
  with_.counted.released.add();
  return true;
}

void replica_set::dropped(const base::space_id& space) {
  const auto* which = at(space);
  if (which == nullptr) return;
  end_waits(space, {base::errc::unknown_space, "it was dropped"});
  by_number_.erase(which->number);
  replicas_.erase(space);
}

replica_set::floors replica_set::floors_of(const base::space_id& space,
                                           const std::vector<storage::vector_row>& rows) {
  auto* which = at(space);
  if (which == nullptr || !which->core->may_trim()) return {};
  std::set<base::store_id> gone;
  for (const auto& [id, other] : peers_)
    if (!other.is_up && steady_ - other.down_since > with_.rules.replace_after) gone.insert(id);
  std::vector<storage::trim_floors> out;
  for (const auto& row : rows) out.push_back(which->core->trim_floor_of(row, gone));
  return out;
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

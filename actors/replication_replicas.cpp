#include "actors/replication.hpp"

#include "membership/directory.hpp"
#include "memory/state_audit.hpp"
#include "storage/replication/log_reader.hpp"

#include <algorithm>
#include <future>
#include <limits>

namespace engram::actors {

replication::replica* replication::find(const base::space_id& space) {
  const auto found = replicas_.find(space);
  return found == replicas_.end() ? nullptr : &found->second;
}

namespace {

constexpr std::size_t push_entries_max = 512;

/// Whether `before` says it all now: a push goes on with the entries behind it, and an
/// acknowledgement takes the place of an earlier one of the same log.
bool joined_to(storage::message::any& before, storage::message::any& what) {
  using namespace storage;
  if (auto* a = std::get_if<message::entries>(&before)) {
    auto* b = std::get_if<message::entries>(&what);
    if (b == nullptr || a->space != b->space || a->origin != b->origin || a->pulled || b->pulled ||
        a->headers_only || b->headers_only || a->items.empty() || b->items.empty() ||
        a->items.size() + b->items.size() > push_entries_max ||
        a->items.back().header.sequence + 1 != b->items.front().header.sequence)
      return false;
    std::move(b->items.begin(), b->items.end(), std::back_inserter(a->items));
    return true;
  }
  auto* a = std::get_if<message::acknowledgement>(&before);
  auto* b = std::get_if<message::acknowledgement>(&what);
  if (a == nullptr || b == nullptr || a->space != b->space || a->origin != b->origin) return false;
  *a = std::move(*b);
  return true;
}

} // namespace

void replication::place(const base::space_id& space, replica& which) {
  which.placement = with_.host.placement_of(space);
  which.core->placed(which.placement);
}

/// What one round of events gave goes out together at its end.
void replication::send(const base::store_id& to, storage::message::any what) {
  const auto other = peers_.find(to);
  if (other == peers_.end() || other->second.address.empty()) return;
  auto& queue = other->second.outbox;
  if (queue.empty() || !joined_to(queue.back(), what)) queue.push_back(std::move(what));
}

void replication::flush() {
  for (auto& [id, other] : peers_) {
    sent_.add(other.outbox.size());
    for (const auto& what : std::exchange(other.outbox, {}))
      with_.net.send(other.address, channel::replication, storage::message::encode(what));
  }
}

void replication::carry_out(const base::space_id& space, storage::replicator::effects effects) {
  if (!effects.changes.empty() && !with_.log.note(effects.changes)) return; // the store failed
  for (auto& one : effects.send) send(one.to, std::move(one.what));
  for (auto& one : effects.writes) {
    auto waits = waiting_.extract(one.id);
    if (waits.empty()) continue;
    if (one.enough)
      waits.mapped().done(one.holders.size());
    else
      waits.mapped().done(one.enough.error());
  }
  forks_.add(effects.forks.size());
  if (effects.wish != storage::account_wish::none) read_account(space, effects.wish);
  if (effects.next == storage::replicator::step::new_run)
    with_.host.run_forked(
        {base::errc::origin_forked, "another store writes under this run's name"});
  if (effects.next == storage::replicator::step::exchange) start_exchange(space);
}

void replication::end_waits(const base::space_id& space, const base::error& why) {
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (it->second.space != space) {
      ++it;
      continue;
    }
    auto done = std::move(it->second.done);
    it = waiting_.erase(it);
    done(why);
  }
}

namespace {
constexpr base::instant in_sync{std::numeric_limits<std::int64_t>::max()};

std::uint64_t entries_in(const std::vector<storage::log_range>& ranges) {
  std::uint64_t out = 0;
  for (const auto& range : ranges) out += range.to - range.from + 1;
  return out;
}

} // namespace

/// Serves a replica once it holds what the others had when it came, and tells how old it is.
void replication::look(const base::space_id& space, replica& which) {
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
    if (said->covers(held)) which.covered_at[id] = now();
  }
  if (covers)
    which.in_sync_at = in_sync;
  else if (which.in_sync_at == in_sync)
    which.in_sync_at = now();
  if (covers && heard && space == membership::directory_identity()) with_.host.joined();
  const auto slot = with_.host.find(space);
  if (slot) {
    slot->set_in_sync(which.in_sync_at);
    slot->set_lagging(entries_in(storage::missing_from(held, said_by_all)));
  }
  if (!which.serving && which.unheard.empty())
    which.serving = std::none_of(peers_.begin(), peers_.end(), [&](const auto& other) {
      const auto* said = which.core->known(other.first);
      return said != nullptr && !held.covers(*said);
    });
  if (which.core->is_distrusted() && is_replaceable(which)) return;
  if (slot && which.serving) slot->serve();
}

/// Another member may have a copy of it.
bool replication::is_replaceable(const replica& which) const {
  if (which.core->is_stray()) return false;
  return std::any_of(which.placement.begin(), which.placement.end(), [&](const auto& id) {
    const auto other = peers_.find(id);
    return other != peers_.end() && other->second.is_up;
  });
}

// -- applying -----------------------------------------------------------------------------------

storage::tail_entry replication::read_entry(std::uint32_t space, std::uint32_t origin,
                                            const storage::entry_header& header) const {
  const auto stored =
      with_.store.get(storage::column::payload, storage::entry_key(space, origin, header.sequence));
  return storage::tail_of(origin, header, stored ? *stored : std::string{});
}

void replication::apply(const base::space_id& space, std::vector<storage::tail_entry> entries) {
  if (entries.empty()) return;
  const bool directory = space == membership::directory_identity();
  const auto slot = directory ? nullptr : with_.host.find(space);
  if (!directory && !slot) return; // the log keeps them for the next opening
  applied_.add(entries.size());
  if (directory) return with_.host.apply_directory(std::move(entries));

  std::vector<foreign_entry> ready(entries.size());
  with_.pool.for_each(entries.size(), [&](std::size_t i) {
    auto& [origin, header, payload, after_gap] = entries[i];
    ready[i].meta = meta_of(header, origin);
    if (!payload) return;
    auto what = memory::decode_prepared(static_cast<memory::entry_kind>(header.kind),
                                        *std::move(payload), slot->config, slot->words);
    if (what)
      ready[i].what = *std::move(what);
    else
      ready[i].unreadable = what.error();
  });
  slot->apply(std::move(ready));
}

/// What became durable while the space was being opened.
void replication::catch_up(const base::space_id& space, space_slot& slot) {
  const auto& which = replicas_.at(space);
  const auto applied = slot.view()->applied;
  for (const auto& [number, origin] : with_.log.known_origins().by_number) {
    const auto durable = which.core->held().at(origin);
    if (origin == with_.log.self() || applied.at(origin) >= durable) continue;
    const storage::message::pull rest{space, origin, applied.at(origin) + 1, ~0ull >> 1, true};
    const auto found = storage::answer_pull(with_.store, {which.number, number}, rest, durable);
    if (!found) continue;
    std::vector<storage::tail_entry> entries;
    for (const auto& item : found->items)
      entries.push_back(read_entry(which.number, number, item.header));
    apply(space, std::move(entries));
  }
}

// -- state --------------------------------------------------------------------------------------

/// On the pool; what is not read is asked for again.
void replication::read_account(const base::space_id& space, storage::account_wish which) {
  const auto number = replicas_.at(space).number;
  (void)with_.pool.submit([this, space, number, which] {
    memory::state_audit sums;
    base::result<storage::state_account> read = base::error{base::errc::unavailable, {}};
    auto rows = storage::read_account(
        with_.store, number, which,
        [&](std::string_view key, std::string_view value) { sums.take(key, value); });
    if (!rows) read = rows.error();
    if (rows) read = storage::state_account{*std::move(rows), sums.kept(), {}};
    if (rows && which == storage::account_wish::whole) read->made = sums.made();
    enqueue(call([this, space, number, read = std::move(read)] {
      auto* which_now = find(space);
      if (which_now == nullptr || which_now->number != number || which_now->exchanging) return;
      const bool before = which_now->core->is_distrusted();
      carry_out(space, which_now->core->account(read, steady()));
      if (!before && which_now->core->is_distrusted()) rebuilds_.add();
    }));
  });
}

// -- snapshots ----------------------------------------------------------------------------------

/// A snapshot is here: with the space closed, one batch makes it the space's copy.
void replication::start_exchange(const base::space_id& space) {
  auto& which = replicas_.at(space);
  which.exchanging = true;
  with_.host.exchange_copy(space, [this, space] {
    auto done = std::make_shared<std::promise<void>>();
    auto finished = done->get_future();
    enqueue(call([this, space, done = std::move(done)] {
      finish_exchange(space);
      done->set_value();
    }));
    finished.wait(); // also when the thread ended before
  });
}

void replication::finish_exchange(const base::space_id& space) {
  auto* which = find(space);
  if (which == nullptr || !with_.log.settle()) return;
  storage::batch changes;
  const auto number = which->core->finish_snapshot(changes);
  which->exchanging = number.has_value(); // until it is open again, under another number
  if (number && with_.log.note(changes)) snapshots_.add();
}

} // namespace engram::actors

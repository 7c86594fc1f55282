#include "actors/replication/replication.hpp"

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
constexpr std::size_t later_max = 1'024; // what is dropped is asked for again

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
  auto& which = replicas_.at(space);
  for (auto& one : effects.send) {
    if (may_ask(which, one.what))
      send(one.to, std::move(one.what));
    else if (std::holds_alternative<storage::message::pull>(one.what) && !disk_crowded_ &&
             later_.size() < later_max)
      later_.push_back({one.to, std::move(one.what)}); // what else asks does so again by itself
  }
  for (auto& one : effects.writes) {
    auto waits = waiting_.extract(one.id);
    if (waits.empty()) continue;
    if (one.enough)
      waits.mapped().done(one.holders.size());
    else
      waits.mapped().done(one.enough.error());
  }
  forks_.add(effects.forks.size());
  const auto refused = which.core->offers_refused();
  if (refused > std::exchange(which.offers_refused, refused)) offers_refused_.add();
  if (effects.wish != storage::account_wish::none) read_account(space, effects.wish);
  if (effects.next == storage::replicator::step::new_run)
    with_.host.run_forked(
        {base::errc::origin_forked, "another store writes under this run's name"});
  if (effects.next == storage::replicator::step::exchange) start_exchange(space);
}

bool replication::is_new(const base::space_id& space, const replica& which) const {
  return !which.serving && space != membership::directory_identity();
}

/// What asks for much is held back while what came before is being paid for.
bool replication::may_ask(const replica& which, const storage::message::any& what) {
  const auto* asks = std::get_if<storage::message::snapshot_request>(&what);
  const auto* pull = std::get_if<storage::message::pull>(&what);
  if (asks == nullptr && (pull == nullptr || pull->headers_only)) return true;
  const auto& space = asks != nullptr ? asks->space : pull->space;
  return pacer_.may_ask(steady()) && !(disk_crowded_ && is_new(space, which));
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
    slot->set_lagging(storage::count_entries(storage::missing_from(held, said_by_all)));
  }
  if (!which.serving && which.unheard.empty() && is_whole(which)) begin_serving(space, which);
  if (!slot) return;
  if (which.core->is_distrusted() && is_replaceable(which))
    slot->withdraw(); // until another's copy is here
  else if (which.serving)
    slot->serve();
}

/// All that anybody said; and if it never was whole, whoever is up has to have said something.
bool replication::is_whole(const replica& which) const {
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

/// Who holds nothing of a space says nothing by itself.
void replication::ask_who_is_silent(const base::space_id& space, replica& which) {
  if (!which.filling || steady() < which.next_ask) return;
  which.next_ask = steady() + with_.rules.heartbeat * 2;
  for (const auto& [id, other] : peers_)
    if (other.is_up && which.core->known(id) == nullptr)
      send(id, storage::message::vector{space, which.core->held(), true, which.core->is_stray()});
}

/// It holds what its source held: from now on a start of this node takes it for a whole one.
void replication::begin_serving(const base::space_id& space, replica& which) {
  which.serving = true;
  if (std::exchange(which.filling, false)) with_.log.mark_filling(space, false);
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

void replication::look_into(const base::space_id& space, bool rebuild, reply<audit> done) {
  auto asked = std::make_shared<reply<audit>>(std::move(done)); // answered, also when dropped
  const std::shared_ptr<void> otherwise(nullptr, [asked](void*) {
    if (*asked) (*asked)(base::error{base::errc::unavailable, "this copy is not open"});
  });
  auto reply_once = [asked, otherwise](base::result<audit> got) {
    if (auto once = std::exchange(*asked, {})) once(std::move(got));
  };
  enqueue(call([this, space, rebuild, reply_once = std::move(reply_once)] {
    auto* which = find(space);
    if (which == nullptr) return with_.host.want(space);
    if (rebuild && !which->exchanging && !std::exchange(which->ordered, true)) {
      which->core->distrust();
      rebuilds_.add();
      look(space, *which);
    }
    if (which->exchanging || which->core->is_distrusted())
      return reply_once(audit{0,
                              {},
                              which->core->is_distrusted() && !is_replaceable(*which),
                              which->exchanging || is_replaceable(*which)});
    read_account(space, storage::account_wish::whole, reply_once);
  }));
}

audit replication::audit_of(const replica& which, const storage::state_account& read) const {
  audit out;
  out.damaged = read.made != read.kept;
  out.rebuilding = which.core->is_distrusted() && is_replaceable(which);
  out.buckets = read.made;
  out.digest = which.core->digest_of(read);
  return out;
}

/// On the pool; what is not read is asked for again.
void replication::read_account(const base::space_id& space, storage::account_wish which,
                               reply<audit> done) {
  const auto number = replicas_.at(space).number;
  (void)with_.pool.submit([this, space, number, which, done = std::move(done)] {
    if (done) (void)with_.log.settle(); // state comes to the disk with the next batch
    memory::state_audit sums;
    base::result<storage::state_account> read = base::error{base::errc::unavailable, {}};
    auto rows = storage::read_account(
        with_.store, number, which,
        [&](std::string_view key, std::string_view value) { sums.take(key, value); });
    if (!rows) read = rows.error();
    if (rows) read = storage::state_account{*std::move(rows), sums.kept(), {}};
    if (rows && which == storage::account_wish::whole) read->made = sums.made();
    enqueue(call([this, space, number, done, read = std::move(read)] {
      auto* which_now = find(space);
      if (which_now == nullptr || which_now->number != number || which_now->exchanging) return;
      const bool before = which_now->core->is_distrusted();
      const auto diverged = which_now->core->watch().diverged();
      carry_out(space, which_now->core->account(read, steady()));
      diverged_.add(which_now->core->watch().diverged() - diverged);
      if (!before && which_now->core->is_distrusted()) {
        rebuilds_.add();
        look(space, *which_now);
      }
      if (!done) return;
      const bool corrupt = !read && read.error().code == base::errc::corrupt;
      if (read)
        done(audit_of(*which_now, *read));
      else if (corrupt)
        done(audit{0, {}, true, is_replaceable(*which_now)});
      else
        done(read.error());
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

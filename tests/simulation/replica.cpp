#include "tests/simulation/replica.hpp"

#include "base/check.hpp"
#include "storage/recovery.hpp"
#include "storage/replication/log_reader.hpp"
#include "storage/trim.hpp"

#include <algorithm>

namespace engram::simulation {

using namespace storage; // NOLINT: the driver speaks of little else

replica::replica(base::store_id self, memory_store& disk, base::entropy& entropy,
                 const environment& where, outside& world, base::instant now)
    : self_(self), disk_(disk), entropy_(entropy), where_(where), world_(world), now_(now) {
  open(now);
}

// -- opening ------------------------------------------------------------------------------------

void replica::open(base::instant now) {
  auto opened = catalog::open(disk_, entropy_, now, {base::hash128{1, 1}, false});
  CHECK(opened.has_value());
  runs_ = *std::move(opened);
  log_.emplace(log_writer::run{runs_->self().number, runs_->self().origin}, runs_->newest_stamp());
  batch first;
  number_ = runs_->add_space(where_.config.identity, "spec", first);
  CHECK(disk_.write(first, true).has_value());
  follower_.emplace(where_.config.identity, number_);
  puller_.emplace(where_.config.identity);
  quorum_.emplace(self_);
  space_ = std::make_unique<memory::space>(where_.config);

  state_reader reader{disk_, number_};
  for (;;) {
    auto some = reader.next(1000);
    CHECK(some.has_value() && some->damage.empty());
    if (some->items.empty()) break;
    std::vector<memory::stored_item> items;
    for (auto& item : some->items)
      items.push_back({std::move(item.key), std::move(item.value), std::move(item.payload)});
    space_->take(*memory::space::stage(std::move(items), where_.config, where_.words));
  }
  (void)space_->finish_load();
  open_tail(now);
}

void replica::open_tail(base::instant now) {
  const auto rows = read_vector(disk_, number_);
  CHECK(rows.has_value() && rows->damage.empty());
  for (const auto& row : rows->rows) {
    log_->restore(number_, row.origin, row.applied, row.running);
    follower_->restore(runs_->runs().at(row.origin).origin, {row.applied, row.running});
  }
  for (const auto& [origin, run] : runs_->runs()) {
    message::pull all{where_.config.identity, run.origin, follower_->held().at(run.origin) + 1,
                      ~0ull >> 1, false};
    auto tail = answer_pull(disk_, {number_, origin}, all, ~0ull >> 1);
    CHECK(tail.has_value());
    for (const auto& item : tail->items) {
      log_->replayed(number_, origin, item.header);
      follower_->restore(run.origin, {item.header.sequence, item.header.running});
      apply_from_disk(origin, item.header);
    }
    // What lies above a gap goes through the follower again: durable, and not applied.
    all.headers_only = true;
    all.from = follower_->held().at(run.origin) + 1;
    const auto above = answer_pull(disk_, {number_, origin}, all, ~0ull >> 1);
    CHECK(above.has_value());
    message::entries again{all.space, all.origin, false, false, false, above->items};
    for (auto& item : again.items)
      item.payload = *disk_.get(column::payload, entry_key(number_, origin, item.header.sequence));
    (void)follower_->take(self_, again, *log_, *runs_, disk_, now);
  }
  commit(now);
}

std::optional<log_address> replica::address(const base::origin_id& origin) const {
  const auto number = runs_->run_number(origin);
  if (!number) return std::nullopt;
  return log_address{number_, *number};
}

// -- the log ------------------------------------------------------------------------------------

void replica::apply_from_disk(std::uint32_t origin, const entry_header& header) {
  const auto stored = disk_.get(column::payload, entry_key(number_, origin, header.sequence));
  CHECK(stored.has_value());
  const auto& meta_origin = header.origin;
  world_.applied(self_, header);
  const bool skipped =
      where_.planted.skip_some_applies && self_.value.low == 1 && ++applies_ % 5 == 0;
  if (!stored->empty() && !skipped) {
    const auto what =
        memory::decode_prepared(static_cast<memory::entry_kind>(header.kind),
                                stored->substr(payload_salt_bytes), where_.config, where_.words);
    CHECK(what.has_value());
    memory::entry_meta meta;
    meta.origin = meta_origin;
    meta.sequence = header.sequence;
    meta.stamp = header.stamp;
    meta.operation = header.operation;
    meta.origin_number = origin;
    space_->apply(meta, *what);
  }
  const auto changes = space_->drain();
  for (const auto& put : changes.puts) log_->note_put(number_, put.key, put.value);
  for (const auto& key : changes.erases) log_->note_erase(number_, key);
  for (const auto& ref : changes.payload_erases)
    log_->note_payload_erased(number_, ref.origin_number, ref.sequence);
  log_->note_applied(number_, origin, header.sequence);
}

void replica::commit(base::instant now) {
  while (!log_->idle()) {
    auto formed = log_->form(now);
    const bool sync = formed.sync && !where_.planted.acknowledge_unsynced;
    CHECK(disk_.write(formed.changes, sync).has_value());
    for (const auto& outcome : formed.outcomes) {
      if (outcome.origin == runs_->self().number) {
        own_entries(outcome);
        continue;
      }
      const auto out = follower_->durable(outcome);
      for (const auto* list : {&outcome.entries, &outcome.released})
        for (const auto& header : *list) apply_from_disk(outcome.origin, header);
      send_all(out.send);
    }
    if (formed.outcomes.empty()) break; // only state: it rides alone
  }
}

void replica::own_entries(const log_outcome& outcome) {
  message::entries push{where_.config.identity, runs_->self().origin, false, false, false, {}};
  for (const auto& header : outcome.entries) {
    follower_->own_durable(header);
    const auto key = entry_key(number_, outcome.origin, header.sequence);
    push.items.push_back({header, *disk_.get(column::payload, key)});
    apply_from_disk(outcome.origin, header);
  }
  for (const auto& peer : where_.placement)
    if (peer != self_) send(peer, push);
  const auto asked = std::find_if(submitted_.begin(), submitted_.end(),
                                  [&](const auto& s) { return s.ticket == outcome.ticket; });
  if (asked != submitted_.end()) {
    write_quorum::write open{asked->write,
                             outcome.entries.front().sequence,
                             outcome.entries.back().sequence,
                             copies_level::quorum,
                             where_.placement,
                             now_ + base::duration{3000}};
    submitted_.erase(asked);
    finished(quorum_->open(std::move(open)));
  }
  finished(quorum_->durable(self_, outcome.entries.back().sequence));
}

bool replica::write(std::uint64_t id, const memory::prepared& what, base::instant now) {
  now_ = now;
  const auto judged = space_->check(what, memory::pending_set{});
  if (!judged || judged->admission != memory::admission::fresh || target_) return false;
  const std::set<base::store_id> all(where_.placement.begin(), where_.placement.end());
  if (!quorum_->admit(copies_level::quorum, where_.placement, all)) return false;
  submitted_.push_back({++ticket_, id});
  submission asked{ticket_, number_, where_.config.identity, {}};
  asked.items.push_back({static_cast<std::uint8_t>(what.kind), what.operation_hash,
                         seal_payload(entropy_.draw(), what.payload)});
  if (where_.planted.invent_entries && ticket_ % 7 == 0) asked.items[0].operation.low ^= 1;
  CHECK(log_->append(std::move(asked)).has_value());
  commit(now);
  return true;
}

void replica::finished(const std::vector<write_quorum::outcome>& done) {
  for (const auto& one : done)
    if (one.holders) world_.acknowledged(self_, one.id, *one.holders);
}

// -- messages -----------------------------------------------------------------------------------

void replica::send(const base::store_id& to, const message::any& what) {
  if (to != self_) world_.send(self_, to, message::encode(what));
}

void replica::send_all(const std::vector<outgoing>& list) {
  for (const auto& one : list) send(one.to, one.what);
}

void replica::receive(const base::store_id& from, std::string_view bytes, base::instant now) {
  now_ = now;
  if (reopen_) return;
  const auto what = message::decode_replication(bytes);
  CHECK(what.has_value());
  std::visit([&](const auto& m) { on(from, m, now); }, *what);
  if (!reopen_) commit(now);
}

void replica::tick(base::instant now) {
  now_ = now;
  commit(now);
  const auto digest = held().digest();
  if (std::exchange(stood_at_, digest) != digest) world_.stood_at(self_, digest, space_->hash());
  for (const auto& peer : where_.placement)
    send(peer, message::digests{{{where_.config.identity, digest}}});
  if (!where_.planted.never_pull) send_all(puller_->next(held(), follower_->forked(), now));
  finished(quorum_->tick(now));
  if (target_ && now >= target_until_) give_up_snapshot();
  if (target_)
    send(target_from_, target_->begun() ? target_->request() : target_->first_request(held()));
  for (auto it = sources_.begin(); it != sources_.end();)
    it = it->second->expired(now) ? sources_.erase(it) : std::next(it);
}

void replica::on(const base::store_id& from, const message::digests& m, base::instant) {
  for (const auto& item : m.items)
    if (item.digest != held().digest())
      send(from, message::vector{item.space, held(), true, false});
}

void replica::on(const base::store_id& from, const message::vector& m, base::instant now) {
  for (const auto& [origin, mark] : m.held.marks()) {
    if (origin == runs_->self().origin && mark.sequence > held().at(origin)) reopen_ = true;
    const auto ours = held().marks().find(origin);
    if (ours == held().marks().end() || mark.sequence > ours->second.sequence) continue;
    const auto here = mark.sequence == ours->second.sequence
                          ? std::optional{ours->second.running}
                          : running_at(disk_, *address(origin), mark.sequence);
    if (here && *here != mark.running) ask_headers(from, origin);
  }
  puller_->heard(from, m.held);
  if (m.answer) send(from, message::vector{m.space, held(), false, false});
  if (!where_.planted.never_pull) send_all(puller_->next(held(), follower_->forked(), now));
}

void replica::on(const base::store_id& from, const message::pull& m, base::instant) {
  const auto where = address(m.origin);
  if (!where) return;
  const auto answer = answer_pull(disk_, *where, m, held().at(m.origin));
  if (answer) send(from, *answer);
}

void replica::on(const base::store_id& from, const message::entries& m, base::instant now) {
  if (m.headers_only) return judge_branches(from, m, now);
  const auto out = follower_->take(from, m, *log_, *runs_, disk_, now);
  commit(now);
  send_all(out.send);
  for (const auto& fork : out.forks) {
    if (fork.origin == runs_->self().origin) reopen_ = true; // somebody else writes under its name
    ask_headers(from, fork.origin);
  }
  if (reopen_) return;
  if (puller_->answered(from, m)) {
    auto source = from; // best is one that has all that is here
    for (const auto& [peer, theirs] : puller_->peers())
      if (theirs.covers(held())) source = peer;
    take_snapshot(source, now);
  }
  if (m.pulled) send_all(puller_->next(held(), follower_->forked(), now));
}

void replica::on(const base::store_id& from, const message::acknowledgement& m, base::instant) {
  if (m.origin != runs_->self().origin) return;
  const auto ours = [&](const log_mark& mark) {
    return running_at(disk_, *address(m.origin), mark.sequence) == mark.running;
  };
  std::vector<log_mark> above;
  std::copy_if(m.above.begin(), m.above.end(), std::back_inserter(above), ours);
  finished(quorum_->durable(from, ours(m.mark) ? m.mark.sequence : 0, above));
}

void replica::on(const base::store_id& from, const message::fork_notice& m, base::instant) {
  if (held().at(m.origin) > 0) ask_headers(from, m.origin);
}

void replica::on(const base::store_id&, const message::state_hashes&, base::instant) {}

// -- forks --------------------------------------------------------------------------------------

void replica::ask_headers(const base::store_id& peer, const base::origin_id& origin) {
  if (where_.planted.ignore_forks) return;
  send(peer, message::pull{where_.config.identity, origin, 1, ~0ull >> 1, true});
}

namespace {
/// A log that is trimmed to its end is known by its vector alone.
void add_mark(std::vector<entry_header>& to, const log_vector& from,
              const base::origin_id& origin) {
  const auto mark = from.marks().find(origin);
  if (!to.empty() || mark == from.marks().end()) return;
  auto& header = to.emplace_back();
  header.sequence = mark->second.sequence;
  header.running = mark->second.running;
}
} // namespace

void replica::judge_branches(const base::store_id& peer, const message::entries& theirs,
                             base::instant now) {
  const auto where = address(theirs.origin);
  if (!where || target_ || reopen_) return;
  const message::pull all{theirs.space, theirs.origin, 1, ~0ull >> 1, true};
  const auto ours = answer_pull(disk_, *where, all, held().at(theirs.origin));
  CHECK(ours.has_value());
  std::vector<entry_header> a, b;
  for (const auto& item : ours->items) a.push_back(item.header);
  for (const auto& item : theirs.items) b.push_back(item.header);
  add_mark(a, held(), theirs.origin);
  if (const auto* known = puller_->known(peer)) add_mark(b, *known, theirs.origin);
  const auto verdict = compare_branches(a, b);
  auto& forks = forks_[peer];
  if (!verdict.forked) forks.erase(theirs.origin);
  if (verdict.forked) forks[theirs.origin] = verdict;
  if (verdict.forked && theirs.origin == runs_->self().origin) {
    reopen_ = true; // under a new run; as a holder of this one it meets the fork again
    return;
  }
  // Among several forks between two replicas the first origin decides for all of them.
  if (!forks.empty() && !forks.begin()->second.ours_wins) {
    ++forks_lost_;
    return take_snapshot(peer, now);
  }
  // Ours stays: what of it others hold may be taken again.
  follower_->clear_fork(theirs.origin, *log_, where->origin);
  if (verdict.forked) send(peer, message::fork_notice{theirs.space, theirs.origin, verdict.first});
}

void replica::append_again(const base::origin_id& origin, std::uint64_t from, base::instant now) {
  follower_->note_fork(origin); // no more of it before the snapshot has come
  if (const auto known = forks_[target_from_].find(origin); known != forks_[target_from_].end())
    from = std::max(from, known->second.first);
  const auto [done, fresh] = appended_.emplace(origin, from);
  if (!fresh && done->second <= from) return;
  done->second = from;
  auto items = divergent_items(disk_, *address(origin), from);
  CHECK(items.has_value());
  if (items->empty()) return;
  CHECK(log_->append({++ticket_, number_, where_.config.identity, *std::move(items)}).has_value());
  commit(now);
}

// -- snapshots ----------------------------------------------------------------------------------

void replica::take_snapshot(const base::store_id& peer, base::instant now) {
  if (target_) return;
  target_.emplace(where_.config.identity, number_, 2000);
  target_from_ = peer;
  target_until_ = now + base::duration{5000};
  send(peer, target_->first_request(held()));
}

void replica::give_up_snapshot() {
  target_.reset();
  for (const auto& [origin, first] : appended_)
    follower_->clear_fork(origin, *log_, address(origin)->origin);
  appended_.clear();
}

void replica::on(const base::store_id& from, const message::snapshot_request& m,
                 base::instant now) {
  if (m.session.is_zero()) {
    open_source(from, m.held, now);
    return;
  }
  const auto found = sources_.find(from);
  if (found == sources_.end() || found->second->offer().session != m.session) return;
  auto chunk = found->second->step(m, now);
  CHECK(chunk.has_value());
  if (where_.planted.snapshot_without_graves)
    chunk->items.erase(std::remove_if(chunk->items.begin(), chunk->items.end(),
                                      [](const auto& item) { return item.key[0] == 'G'; }),
                       chunk->items.end());
  send(from, *chunk);
}

void replica::open_source(const base::store_id& peer, const log_vector& theirs, base::instant now) {
  if (target_) return;
  if (const auto live = sources_.find(peer); live != sources_.end()) sources_.erase(live);
  commit(now);
  message::snapshot_offer offer{where_.config.identity, entropy_.draw(), "spec", {}, {}, {}};
  const auto rows = read_vector(disk_, number_);
  CHECK(rows.has_value());
  for (const auto& row : rows->rows)
    offer.covers.raise(runs_->runs().at(row.origin).origin, {row.applied, row.running});
  for (const auto& [number, run] : runs_->runs()) offer.numbers.emplace_back(number, run.origin);
  for (const auto& [origin, mark] : theirs.marks()) {
    const auto cover = offer.covers.marks().find(origin);
    if (cover == offer.covers.marks().end() || cover->second == mark) continue;
    const auto seen = verified_[peer].marks().find(origin); // when its header was still here
    if (seen != verified_[peer].marks().end() && seen->second == mark) continue;
    if (cover->second.sequence >= mark.sequence &&
        running_at(disk_, *address(origin), mark.sequence) != mark.running)
      offer.doubtful.push_back(origin);
  }
  auto source = std::make_unique<snapshot_source>(disk_, number_, std::move(offer), now,
                                                  snapshot_limits{base::duration{10'000}, 2000});
  send(peer, source->offer());
  sources_[peer] = std::move(source);
}

void replica::on(const base::store_id& from, const message::snapshot_offer& m, base::instant now) {
  if (!target_ || from != target_from_ || target_->begun()) return;
  batch out;
  if (!target_->begin(m, disk_, *runs_, out)) {
    give_up_snapshot();
    return;
  }
  CHECK(disk_.write(out, true).has_value());
  const auto doubts = target_->doubtful(disk_, *runs_, held());
  CHECK(doubts.has_value());
  for (const auto& [origin, first] : *doubts) {
    if (origin == runs_->self().origin) { // a new run first
      reopen_ = true;
      return;
    }
    append_again(origin, first, now);
  }
  send(from, target_->request());
}

void replica::on(const base::store_id& from, const message::snapshot_chunk& m, base::instant now) {
  if (!target_ || from != target_from_) return;
  if (m.ended) { // or an old request came twice
    if (m.after == target_->request().after) give_up_snapshot();
    return;
  }
  batch out;
  const auto taken = target_->step(m, out);
  CHECK(taken.has_value());
  if (!*taken) return;
  CHECK(disk_.write(out, true).has_value());
  target_until_ = now + base::duration{5000};
  if (!target_->done()) return send(from, target_->request());
  commit(now);
  batch change;
  if (!target_->finish(disk_, *runs_, appended_, change)) {
    give_up_snapshot(); // it lags behind what came meanwhile
    return;
  }
  CHECK(disk_.write(change, true).has_value());
  ++snapshots_;
  reopen_ = true;
}

} // namespace engram::simulation

#include "tests/simulation/replica.hpp"

#include "actors/replication/account.hpp"
#include "base/check.hpp"
#include "storage/recovery.hpp"
#include "storage/trim.hpp"

#include <algorithm>

namespace engram::simulation {

using namespace storage; // NOLINT: the driver speaks of little else

namespace {

replicator_settings small_settings(const defects& planted) {
  replicator_settings out;
  out.give = {base::duration{10'000}, 2000};
  out.chunk_bytes = 2000;
  out.snapshot_patience = base::duration{5000};
  out.explain_patience = base::duration{5000};
  out.watch = {base::duration{500}, base::duration{3000}, base::duration{5000},
               base::duration{2000}, !planted.never_compare};
  return out;
}

} // namespace

replica::replica(base::store_id self, memory_store& disk, base::entropy& entropy,
                 const environment& where, outside& world, base::instant now)
    : self_(self), disk_(disk), entropy_(entropy), where_(where), world_(world) {
  open(now);
}

// -- opening ------------------------------------------------------------------------------------

void replica::open(base::instant now) {
  auto opened = catalog::open(disk_, entropy_, now, {base::hash128{1, 1}, false});
  CHECK(opened.has_value());
  runs_ = *std::move(opened);
  log_.emplace(log_writer::run{runs_->self().number, runs_->self().origin}, runs_->newest_stamp());
  batch first;
  runs_->drop_staged(first);
  number_ = runs_->add_space(where_.config.identity, {}, first);
  CHECK(disk_.write(first, true).has_value());
  core_.emplace(
      replicator::parts{self_, where_.config.identity, number_, disk_, *this, entropy_, now},
      small_settings(where_.planted));
  core_->placed(where_.placement);
  space_ = std::make_unique<memory::space>(where_.config);
  load_state();
  if (damaged_) core_->distrust();
  open_tail();
  commit(now);
}

void replica::load_state() {
  state_reader reader{disk_, number_};
  for (;;) {
    auto some = reader.next(1000);
    CHECK(some.has_value());
    damaged_ = damaged_ || !some->damage.empty();
    if (some->items.empty()) break;
    std::vector<memory::stored_item> items;
    for (auto& item : some->items)
      items.push_back({std::move(item.key), std::move(item.value), std::move(item.payload)});
    space_->take(*memory::space::stage(std::move(items), where_.config, where_.words));
  }
  damaged_ = (!space_->finish_load().clean() || damaged_) && !where_.planted.serve_damaged;
}

void replica::open_tail() {
  const auto rows = read_vector(disk_, number_);
  CHECK(rows.has_value() && rows->is_complete);
  for (const auto& row : rows->rows) {
    log_->restore(number_, row.origin, row.applied, row.running);
    core_->restore(runs_->runs().at(row.origin).origin, {row.applied, row.running});
  }
  for (const auto& [origin, run] : runs_->runs()) {
    const message::pull all{where_.config.identity, run.origin, core_->held().at(run.origin) + 1,
                            ~0ull >> 1, false};
    const auto tail = answer_pull(disk_, {number_, origin}, all, ~0ull >> 1);
    CHECK(tail.has_value());
    for (const auto& item : tail->items) {
      log_->replayed(number_, origin, item.header);
      core_->restore(run.origin, {item.header.sequence, item.header.running});
      apply_from_disk(origin, item.header);
    }
  }
}

// -- the log ------------------------------------------------------------------------------------

void replica::apply_from_disk(std::uint32_t origin, const entry_header& header) {
  const auto stored = disk_.get(column::payload, entry_key(number_, origin, header.sequence));
  CHECK(stored.has_value());
  world_.applied(self_, header, stored->empty());
  const bool skipped =
      where_.planted.skip_some_applies && self_.value.low == 1 && ++applies_ % 5 == 0;
  if (!stored->empty() && !skipped) {
    const auto what =
        memory::decode_prepared(static_cast<memory::entry_kind>(header.kind),
                                stored->substr(payload_salt_bytes), where_.config, where_.words);
    CHECK(what.has_value());
    memory::entry_meta meta;
    meta.origin = header.origin;
    meta.sequence = header.sequence;
    meta.stamp = header.stamp;
    meta.operation = header.operation;
    meta.origin_number = origin;
    const auto* forget = std::get_if<memory::forget_op>(&what->operation);
    const bool deletes = forget != nullptr && forget->mode == memory::forget_mode::erase;
    if (!deletes || !where_.planted.skip_deletes) space_->apply(meta, *what);
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
    const auto formed = log_->form(now);
    const bool sync = formed.sync && !where_.planted.acknowledge_unsynced;
    CHECK(disk_.write(formed.changes, sync).has_value());
    for (const auto& outcome : formed.outcomes) {
      for (const auto* list : {&outcome.entries, &outcome.released})
        for (const auto& header : *list) apply_from_disk(outcome.origin, header);
      carry_out(core_->durable(outcome, now), now);
      if (outcome.origin == runs_->self().number) await(outcome, now);
    }
    if (formed.outcomes.empty()) break; // only state: it rides alone
  }
}

void replica::await(const log_outcome& outcome, base::instant now) {
  const auto asked = writes_.extract(outcome.ticket);
  if (asked.empty()) return; // appended again
  const needed_entries own{runs_->self().origin, outcome.entries.front().sequence,
                           outcome.entries.back().sequence};
  const auto copies = copies_needed(copies_level::quorum, where_.placement.size());
  carry_out(core_->await(asked.mapped(), {own}, copies, now + base::duration{3000}, now), now);
}

bool replica::write(std::uint64_t id, const memory::prepared& what, base::instant now) {
  const auto judged = space_->check(what, memory::pending_set{});
  if (!judged || judged->admission != memory::admission::fresh) return false;
  if (reopen_ || is_damaged()) return false;
  submission asked{++ticket_, number_, where_.config.identity, {}};
  asked.items.push_back({static_cast<std::uint8_t>(what.kind), what.operation_hash,
                         seal_payload(entropy_.draw(), what.payload)});
  if (where_.planted.invent_entries && ticket_ % 7 == 0) asked.items[0].operation.low ^= 1;
  writes_.emplace(ticket_, id);
  CHECK(log_->append(std::move(asked)).has_value());
  commit(now);
  return true;
}

// -- messages -----------------------------------------------------------------------------------

void replica::send(const base::store_id& to, message::any what) {
  const auto* pull = std::get_if<message::pull>(&what);
  if (where_.planted.never_pull && pull != nullptr && !pull->headers_only) return;
  if (where_.planted.ignore_forks && pull != nullptr && pull->headers_only) return;
  auto* chunk = std::get_if<message::snapshot_chunk>(&what);
  if (where_.planted.snapshot_without_graves && chunk != nullptr)
    chunk->items.erase(std::remove_if(chunk->items.begin(), chunk->items.end(),
                                      [](const auto& item) { return item.key[0] == 'G'; }),
                       chunk->items.end());
  world_.send(self_, to, message::encode(what));
}

void replica::carry_out(replicator::effects effects, base::instant now) {
  if (!effects.changes.empty()) CHECK(disk_.write(effects.changes, true).has_value());
  for (auto& one : effects.send) send(one.to, std::move(one.what));
  for (const auto& one : effects.writes)
    if (one.enough) world_.acknowledged(self_, one.id, one.holders);
  if (effects.wish != account_wish::none)
    carry_out(core_->account(actors::read_account(disk_, number_, effects.wish), now), now);
  if (effects.next == replicator::step::new_run) reopen_ = true;
  if (effects.next == replicator::step::exchange && !reopen_) exchange(now);
}

bool replica::is_disk_clean() const {
  const auto sums = actors::read_account(disk_, number_, account_wish::whole);
  return sums && sums->kept == sums->made;
}

void replica::exchange(base::instant now) {
  reopen_ = true; // nothing new comes in
  commit(now);
  batch change;
  reopen_ = core_->finish_snapshot(change).has_value();
  if (!reopen_) return;
  CHECK(disk_.write(change, true).has_value());
  ++snapshots_;
}

void replica::receive(const base::store_id& from, std::string_view bytes, base::instant now) {
  if (reopen_) return;
  heard_[from] = now;
  const auto what = message::decode_replication(bytes);
  CHECK(what.has_value());
  carry_out(core_->receive(from, *what, now), now);
  if (!reopen_) commit(now);
}

void replica::tick(base::instant now) {
  commit(now);
  const auto digest = core_->digest();
  if (std::exchange(stood_at_, digest) != digest && !is_damaged())
    world_.stood_at(self_, digest, space_->hash());
  for (const auto& peer : where_.placement)
    if (peer != self_) send(peer, message::digests{{{where_.config.identity, digest}}});
  carry_out(core_->tick(now), now);
  if (!reopen_) commit(now);
}

void replica::placed(std::vector<base::store_id> placement) {
  where_.placement = std::move(placement);
  core_->placed(where_.placement);
}

bool replica::may_go() const {
  return core_->is_stray() && !held().empty() &&
         (core_->is_covered() || where_.planted.drop_strays_early);
}

void replica::trim(base::instant now, bool forced) {
  if (!core_->may_trim()) return;
  const auto rows = read_vector(disk_, number_);
  CHECK(rows.has_value());
  std::set<base::store_id> dead_too_long;
  for (const auto& [peer, last] : heard_)
    if (now - last > base::duration{3000}) dead_too_long.insert(peer);
  const trim_limits all{0, base::duration{0}, 0, 10'000};
  for (auto row : rows->rows) {
    const auto floors = core_->trim_floor_of(row, dead_too_long);
    row.applied = forced ? floors.forced : floors.normal;
    batch out;
    CHECK(trim_log(disk_, row, all, now, out).has_value());
    CHECK(disk_.write(out, false).has_value());
  }
}

} // namespace engram::simulation

// From the log to the disk, and from there to the spaces and whoever waits.

#include "tests/simulation/cluster_node.hpp"

#include "base/check.hpp"

namespace engram::simulation {

using namespace storage; // NOLINT: the node speaks of little else

namespace {
constexpr base::duration write_patience{5'000};
} // namespace

// -- the log ------------------------------------------------------------------------------------

/// False: the process has to end.
bool cluster_node::write(const batch& changes, bool sync) {
  if (with_.disk.write(changes, sync && !with_.planted.acknowledge_unsynced)) return true;
  reopen_ = true;
  with_.world.asked_too_much(self_);
  return false;
}

/// What the log has, to the disk and from there to the spaces, until nothing is left; then what
/// this changes for the spaces as a whole.
void cluster_node::commit() {
  if (std::exchange(committing_, true)) return;
  settle();
  while (!reopen_ && (exchanging_ || directory_moved_)) {
    if (const auto space = std::exchange(exchanging_, {}))
      reopen_ = replicas_->finish_exchange(*space) || reopen_; // under another number
    else if (std::exchange(directory_moved_, false))
      follow_directory();
    settle();
  }
  committing_ = false;
  answer_reads();
  if (!reopen_) replicas_->flush();
}

void cluster_node::settle() {
  while (!log_->idle() && !reopen_) {
    const auto formed = log_->form(steady_ + skew_, true);
    replicas_->formed(formed.outcomes);
    if (!write(formed.changes, formed.sync)) break; // what was pushed comes back from others
    replicas_->durable(formed.outcomes);
    for (const auto& outcome : formed.outcomes) take(outcome);
  }
}

/// Own ones; the others come from the replicas.
void cluster_node::take(const log_outcome& outcome) {
  const auto named = by_number_.find(outcome.space);
  if (named == by_number_.end()) return; // dropped
  auto& which = copies_.at(named->second);
  busy_until_ = steady_ + busy;
  if (outcome.origin != runs_->self().number) return;
  if (outcome.ticket == 0 || !which.part) {
    std::vector<tail_entry> entries;
    for (std::size_t i = 0; i < outcome.entries.size(); ++i)
      entries.push_back(tail_of(outcome.origin, outcome.entries[i], outcome.payloads[i]));
    return apply(which, std::move(entries));
  }
  for (std::size_t i = 0; i < outcome.entries.size(); ++i) {
    const auto& header = outcome.entries[i];
    with_.world.applied(self_, header);
    if (header.kind != static_cast<std::uint8_t>(memory::entry_kind::forget)) continue;
    const auto entry = tail_of(outcome.origin, header, outcome.payloads[i]);
    const auto what = memory::decode_prepared(memory::entry_kind::forget, *entry.payload,
                                              *which.config, with_.words);
    with_.world.deleted(self_, which.space, std::get<memory::forget_op>(what->operation).id);
  }
  carry_out(which, which.part->step_logged({{outcome.ticket, outcome.origin, outcome.entries}}));
}

void cluster_node::apply(const base::space_id& space, std::vector<tail_entry> entries) {
  if (const auto found = copies_.find(space); found != copies_.end())
    apply(found->second, std::move(entries));
}

void cluster_node::apply(copy& which, std::vector<tail_entry> entries) {
  std::vector<actors::foreign_entry> ready;
  for (auto& entry : entries) {
    const auto& header = entry.header;
    with_.world.applied(self_, header);
    if (!which.part) {
      apply_directory(which, entry);
      continue;
    }
    actors::foreign_entry next{actors::meta_of(header, entry.origin), {}, {}};
    if (entry.payload) {
      auto what = memory::decode_prepared(static_cast<memory::entry_kind>(header.kind),
                                          *std::move(entry.payload), *which.config, with_.words);
      CHECK(what.has_value());
      next.what = *std::move(what);
    }
    const auto* forget =
        next.what ? std::get_if<memory::forget_op>(&next.what->operation) : nullptr;
    const bool deletes = forget != nullptr && forget->mode == memory::forget_mode::erase;
    if (deletes) with_.world.deleted(self_, which.space, forget->id);
    const bool skipped =
        with_.planted.skip_some_applies && self_.value.low == 1 && ++applies_ % 5 == 0;
    if (skipped || (deletes && with_.planted.skip_deletes)) next.what.reset();
    ready.push_back(std::move(next));
  }
  if (which.part) carry_out(which, which.part->step_foreign(std::move(ready)));
}

void cluster_node::apply_directory(copy& which, const tail_entry& entry) {
  directory_moved_ = true; // somebody may have been retired, too
  log_->note_applied(which.number, entry.origin, entry.header.sequence);
  if (!entry.payload) return;
  const auto op = membership::decode_directory_op(entry.header.kind, *entry.payload);
  CHECK(op.has_value());
  for (auto& item : directory_.apply(*op, entry.header.stamp, entry.header.operation))
    log_->note_put(which.number, item.key, std::move(item.value));
}

void cluster_node::carry_out(copy& which, actors::partition::effects effects) {
  if (effects.published) which.view = std::move(effects.published);
  if (effects.note) {
    const auto& changes = effects.note->changes;
    for (const auto& put : changes.puts) log_->note_put(which.number, put.key, put.value);
    for (const auto& key : changes.erases) log_->note_erase(which.number, key);
    for (const auto& ref : changes.payload_erases)
      log_->note_payload_erased(which.number, ref.origin_number, ref.sequence);
    for (const auto& [origin, sequence] : effects.note->applied)
      log_->note_applied(which.number, origin, sequence);
  }
  if (effects.to_log) {
    if (with_.planted.invent_entries && effects.to_log->ticket % 7 == 0)
      effects.to_log->items[0].operation.low ^= 1;
    CHECK(log_->append(*std::move(effects.to_log)).has_value());
  }
  for (auto& done : effects.replies) {
    auto asker = asked_.extract({which.space, done.id});
    if (asker.empty()) continue;
    const auto world_id = which.writes.at(done.id);
    which.writes.erase(done.id);
    const auto placed = router_.find(which.space).placed;
    std::size_t copies = done.wanted == actors::durability::local ? 1 : placed.quorum;
    if (with_.planted.count_one_copy) copies = 1;
    if (!done.needs || copies <= 1) {
      const auto& item = done.reply.items.front();
      if (done.needs && done.wanted == actors::durability::quorum)
        with_.world.copies_held(world_id, {self_});
      asker.mapped()(
          {item ? std::nullopt : std::optional(item.error().code), false, done.reply.token});
      continue;
    }
    const auto id = ++last_id_;
    awaited_[id] = world_id;
    answers_.emplace(id, std::pair{std::move(done.reply), std::move(asker.mapped())});
    replicas_->await(id, which.space, *std::move(done.needs), copies, steady_ + write_patience);
  }
}

} // namespace engram::simulation

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

/// What the log has, to the disk and from there to the spaces; until nothing is left.
void cluster_node::commit() {
  if (std::exchange(committing_, true)) return;
  while (!log_->idle() && !reopen_) {
    const auto formed = log_->form(steady_ + skew_, true);
    for (const auto& outcome : formed.outcomes)
      if (const auto named = by_number_.find(outcome.space); named != by_number_.end())
        carry_out(named->second, copies_.at(named->second).core->formed(outcome, steady_));
    if (!write(formed.changes, formed.sync)) break; // what was pushed comes back from others
    for (const auto& outcome : formed.outcomes) take(outcome);
  }
  committing_ = false;
  answer_reads();
}

void cluster_node::take(const log_outcome& outcome) {
  const auto named = by_number_.find(outcome.space);
  if (named == by_number_.end()) return; // dropped
  const auto space = named->second;
  auto& which = copies_.at(space);
  busy_until_ = steady_ + busy;
  const bool own = outcome.origin == runs_->self().number && outcome.ticket != 0;
  if (own && which.part) {
    for (const auto& header : outcome.entries) {
      with_.world.applied(self_, header);
      if (header.kind != static_cast<std::uint8_t>(memory::entry_kind::forget)) continue;
      const auto what = read_entry(which, outcome.origin, header, nullptr);
      with_.world.deleted(self_, space, std::get<memory::forget_op>(what->operation).id);
    }
    carry_out(which, which.part->step_logged({{outcome.ticket, outcome.origin, outcome.entries}}));
  } else {
    apply(which, outcome.origin, outcome.entries, outcome.payloads);
    apply(which, outcome.origin, outcome.released, {});
  }
  carry_out(space, which.core->durable(outcome, steady_));
  if (which.part) return;
  settle_members(false); // somebody may have been retired
  follow_directory();
}

std::optional<memory::prepared> cluster_node::read_entry(copy& which, std::uint32_t origin,
                                                         const entry_header& header,
                                                         const std::string* at_hand) {
  const auto stored =
      at_hand != nullptr
          ? base::result<std::string>(*at_hand)
          : with_.disk.get(column::payload, entry_key(which.number, origin, header.sequence));
  if (!stored || stored->empty()) return std::nullopt;
  if (!which.part) {
    apply_directory(which, origin, header, stored->substr(payload_salt_bytes));
    return std::nullopt;
  }
  auto what =
      memory::decode_prepared(static_cast<memory::entry_kind>(header.kind),
                              stored->substr(payload_salt_bytes), *which.config, with_.words);
  CHECK(what.has_value());
  return *std::move(what);
}

void cluster_node::apply(copy& which, std::uint32_t origin,
                         const std::vector<entry_header>& entries,
                         const std::vector<std::string>& payloads) {
  std::vector<actors::foreign_entry> ready;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& header = entries[i];
    with_.world.applied(self_, header);
    auto what = read_entry(which, origin, header, i < payloads.size() ? &payloads[i] : nullptr);
    if (!which.part) continue;
    const auto* forget = what ? std::get_if<memory::forget_op>(&what->operation) : nullptr;
    const bool deletes = forget != nullptr && forget->mode == memory::forget_mode::erase;
    if (deletes) with_.world.deleted(self_, which.space, forget->id);
    const bool skipped =
        with_.planted.skip_some_applies && self_.value.low == 1 && ++applies_ % 5 == 0;
    if (skipped || (deletes && with_.planted.skip_deletes)) what.reset();
    ready.push_back({actors::meta_of(header, origin), std::move(what), {}});
  }
  if (which.part) carry_out(which, which.part->step_foreign(std::move(ready)));
}

void cluster_node::apply_directory(copy& which, std::uint32_t origin, const entry_header& header,
                                   std::string_view payload) {
  const auto op = membership::decode_directory_op(header.kind, payload);
  CHECK(op.has_value());
  for (auto& item : directory_.apply(*op, header.stamp, header.operation))
    log_->note_put(which.number, item.key, std::move(item.value));
  log_->note_applied(which.number, origin, header.sequence);
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
    carry_out(which.space, which.core->await(id, *std::move(done.needs), copies,
                                             steady_ + write_patience, steady_));
  }
}

} // namespace engram::simulation

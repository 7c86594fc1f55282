#include "actors/core/partition.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace engram::actors {

memory::entry_meta meta_of(const storage::entry_header& header, std::uint32_t origin_number) {
  return {header.origin, header.sequence, header.stamp, header.operation, origin_number};
}

partition::partition(std::unique_ptr<memory::space> space, std::uint32_t number,
                     version_vector applied, base::origin_id self)
    : space_(std::move(space)), number_(number), applied_(std::move(applied)), self_(self) {}

void partition::replay(const memory::entry_meta& meta, const memory::prepared* what) {
  apply(meta, what);
}

partition::effects partition::step_opened() {
  effects out;
  publish(out);
  return out;
}

partition::effects partition::step_write(write_request request) {
  effects out;
  storage::submission to_log{last_ticket_ + 1, number_, space_->config().identity, {}};
  submitted kept{to_log.ticket, {}};
  waiting_write write{request.id, 0, last_ticket_, request.wanted, {}, {}};
  bool waits = false;
  for (auto& item : request.items) {
    write.items.push_back(judge(std::move(item), to_log, kept));
    waits = waits || write.items.back().in_flight.has_value();
  }
  if (!to_log.items.empty()) {
    write.own_ticket = write.last_ticket = ++last_ticket_;
    submitted_.push_back(std::move(kept));
    out.to_log = std::move(to_log);
    waits = true;
  }
  for (auto& item : write.items)
    if (item.outcome) item.outcome->achieved = request.wanted;
  if (waits)
    waiting_.push_back(std::move(write));
  else
    out.replies.push_back(finish(std::move(write)));
  return out;
}

partition::waiting_item partition::judge(base::result<write_item> item, storage::submission& to_log,
                                         submitted& kept) {
  if (!item) return {item.error(), {}, {}};
  auto verdict = space_->check(item->what, pending_);
  if (!verdict) return {verdict.error(), {}, {}};
  if (verdict->admission == memory::admission::known)
    return {receipt{true, verdict->stamp}, {}, {}};
  if (verdict->admission == memory::admission::in_flight)
    return {receipt{true, {}}, std::move(item->what), {}};
  pending_.add(item->what);
  to_log.items.push_back({static_cast<std::uint8_t>(item->what.kind), item->what.operation_hash,
                          std::move(item->sealed)});
  kept.items.push_back(std::move(item->what));
  return {receipt{}, {}, kept.items.size() - 1};
}

partition::effects partition::step_logged(std::vector<log_outcome> outcomes) {
  effects out;
  for (const auto& outcome : outcomes) {
    CHECK(!submitted_.empty() && submitted_.front().ticket == outcome.ticket, outcome.ticket);
    const auto& items = submitted_.front().items;
    if (outcome.entries) {
      CHECK(outcome.entries->size() == items.size(), outcome.ticket);
      for (std::size_t i = 0; i < items.size(); ++i)
        apply(meta_of((*outcome.entries)[i], outcome.origin_number), &items[i]);
    }
    for (const auto& item : items) pending_.remove(item);
    submitted_.pop_front();
    settle(outcome, out.replies);
  }
  publish(out);
  return out;
}

void partition::apply(const memory::entry_meta& meta, const memory::prepared* what) {
  applying_ = meta;
  if (probe_) probe_(meta);
  if (what != nullptr) space_->apply(meta, *what);
  applied_.raise(meta.origin, meta.sequence);
  advanced_[meta.origin_number] = meta.sequence;
  applying_.reset();
}

void partition::settle(const log_outcome& outcome, std::vector<finished_write>& replies) {
  for (auto& write : waiting_)
    if (write.own_ticket == outcome.ticket) take_outcome(write, outcome);
  while (!waiting_.empty() && waiting_.front().last_ticket <= outcome.ticket) {
    auto write = std::move(waiting_.front());
    waiting_.pop_front();
    for (auto& item : write.items) {
      if (!item.in_flight) continue;
      // What it waited for is applied now, or the log refused it: the state tells which.
      auto verdict = space_->check(*item.in_flight, pending_);
      if (!verdict)
        item.outcome = verdict.error();
      else if (verdict->admission == memory::admission::known)
        item.outcome = receipt_of(true, verdict->stamp, write.wanted);
      else if (!outcome.entries)
        item.outcome = outcome.entries.error();
      else
        item.outcome = base::error{base::errc::write_failed, "the same write failed before"};
    }
    replies.push_back(finish(std::move(write)));
  }
}

void partition::take_outcome(waiting_write& write, const log_outcome& outcome) {
  if (outcome.entries)
    write.own = {outcome.entries->front().origin, outcome.entries->front().sequence,
                 outcome.entries->back().sequence};
  for (auto& item : write.items) {
    if (!item.submitted_as) continue;
    if (!outcome.entries)
      item.outcome = outcome.entries.error();
    else
      item.outcome = receipt_of(false, (*outcome.entries)[*item.submitted_as].stamp, write.wanted);
  }
}

receipt partition::receipt_of(bool known, base::hlc stamp, durability wanted) const {
  return {known, stamp, wanted, 1};
}

partition::finished_write partition::finish(waiting_write write) {
  finished_write out{write.id, {}, write.wanted, {}};
  bool known = false;
  out.reply.items.reserve(write.items.size());
  for (auto& item : write.items) {
    known = known || (item.outcome && item.outcome->known);
    out.reply.items.push_back(std::move(item.outcome));
  }
  if (known)
    out.needs.emplace();
  else if (write.own)
    out.needs = {*write.own};
  out.reply.token = make_token(space_->config().identity, applied_, self_);
  return out;
}

partition::effects partition::step_foreign(std::vector<foreign_entry> entries) {
  effects out;
  for (auto& entry : entries) {
    const auto before = applied_.at(entry.meta.origin);
    if (entry.meta.sequence <= before) continue;
    applying_ = entry.meta;
    if (entry.meta.sequence != before + 1) throw std::runtime_error("an entry is missing");
    if (entry.unreadable && entry.unreadable->code == base::errc::unsupported_format)
      throw std::runtime_error(entry.unreadable->message());
    apply(entry.meta, entry.what ? &*entry.what : nullptr);
  }
  publish(out);
  return out;
}

partition::effects partition::step_quiet() {
  effects out;
  if (idle() && space_->settle()) publish(out);
  return out;
}

void partition::publish(effects& out) {
  auto changes = space_->drain();
  if (!advanced_.empty() || !changes.empty())
    out.note = state_note{std::move(changes), std::exchange(advanced_, {})};
  out.published = std::make_shared<space_view>(space_view{space_->publish(), applied_});
}

} // namespace engram::actors

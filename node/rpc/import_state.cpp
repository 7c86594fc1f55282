#include "node/rpc/import_state.hpp"

#include "actors/core/token.hpp"
#include "actors/service/writes.hpp"
#include "base/stream_id.hpp"
#include "node/rpc/bridge.hpp"

#include <kj/debug.h>

#include <algorithm>

namespace engram::node {

namespace {

// More would mean a client that never looks at what was refused.
constexpr std::size_t REFUSALS_MAX = 65'536;

/// The same at any time on any node; anything else may go well elsewhere or later.
bool is_for_good(const base::error& why) {
  return why.certainty() == base::certainty::definite && why.advice() == base::advice::give_up;
}

} // namespace

import_state::import_state(edge& owner, import_target target)
    : edge_(owner), target_(std::move(target)), numbered_(target_.next - 1),
      settled_(target_.next - 1), tasks_(*this) {}

bool import_state::has_credit() const {
  return broken_ || outcomes_.empty() ||
         (items_open_ < edge_.settings().import_items_max &&
          bytes_open_ < edge_.settings().import_bytes_max);
}

kj::Promise<void> import_state::wait_for_credit() {
  if (has_credit()) return kj::READY_NOW;
  edge_.metrics().import_held_back();
  auto pair = kj::newPromiseAndFulfiller<void>();
  credit_waiter_ = kj::mv(pair.fulfiller);
  return kj::mv(pair.promise);
}

kj::Promise<void> import_state::push(import_batch batch) {
  KJ_REQUIRE(!is_closed_, "push after finish");
  if (refusals_.size() > REFUSALS_MAX) {
    return KJ_EXCEPTION(OVERLOADED, "too many refusals that nobody asked for; read the progress");
  }
  edge_.metrics().import_items(batch.items());
  return wait_for_credit().then([this, batch = kj::mv(batch)]() mutable {
    if (!broken_ && batch.items() > 0) take(kj::mv(batch));
  });
}

void import_state::take(import_batch batch) {
  auto& outcome = outcomes_.emplace_back();
  outcome.items = batch.items();
  outcome.bytes = batch.bytes;
  items_open_ += outcome.items;
  bytes_open_ += outcome.bytes;
  auto items = name(std::move(batch));
  outcome.names = names_of(items);
  waiting_.push_back({&outcome, std::move(items)});
  submit_free();
}

/// Numbers the items and gives those without an id theirs.
std::vector<actors::stream_item> import_state::name(import_batch batch) {
  std::vector<actors::stream_item> items;
  items.reserve(batch.items());
  const auto id_of_next = [&] {
    ++numbered_;
    return target_.stream.empty() ? std::string()
                                  : base::stream_item_id(target_.space, target_.stream, numbered_);
  };
  for (auto& each : batch.episodes) {
    auto id = id_of_next();
    if (each.id.empty()) each.id = std::move(id);
    items.push_back({std::move(each), {}});
  }
  for (auto& each : batch.associations) items.push_back({std::move(each), id_of_next()});
  return items;
}

import_state::touched import_state::names_of(const std::vector<actors::stream_item>& items) {
  touched names;
  for (const auto& item : items) {
    if (const auto* episode = std::get_if<memory::episode>(&item.what)) {
      names.written.push_back(base::fast_hash64(episode->id));
      continue;
    }
    const auto& link = std::get<memory::association>(item.what);
    const auto source = base::fast_hash64(link.source), target = base::fast_hash64(link.target);
    names.needed.insert(names.needed.end(), {source, target});
    names.written.push_back(base::fast_hash64(link.kind, source ^ (target * 3)));
  }
  return names;
}

bool import_state::is_free(const touched& names) const {
  const auto written = [&](std::uint64_t n) { return written_.contains(n); };
  const auto used = [&](std::uint64_t n) { return written_.contains(n) || needed_.contains(n); };
  return std::none_of(names.needed.begin(), names.needed.end(), written) &&
         std::none_of(names.written.begin(), names.written.end(), used);
}

void import_state::submit_free() {
  while (!waiting_.empty() && !broken_ && is_free(waiting_.front().outcome->names)) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    written_.insert(next.outcome->names.written.begin(), next.outcome->names.written.end());
    needed_.insert(next.outcome->names.needed.begin(), next.outcome->names.needed.end());
    submit(*next.outcome, std::move(next.items));
  }
}

void import_state::submit(batch_outcome& outcome, std::vector<actors::stream_item> items) {
  auto may = edge_.check(target_.who, actors::scope::write, target_.space_name);
  if (may && outcome.items > edge_.settings().batch_items_max) {
    may = base::error{base::errc::batch_too_large, std::to_string(outcome.items) + " items"};
  }
  auto slot = may ? edge_.enter() : base::result<call_slot>(may.error());
  if (slot) outcome.slot.emplace(*std::move(slot));
  auto asked = slot ? ask<actors::write_reply>([&](auto reply) {
    edge_.service().writes.append(target_.space, std::move(items), target_.how, std::move(reply));
  })
                    : kj::Promise<base::result<actors::write_reply>>(
                          base::result<actors::write_reply>(slot.error()));
  tasks_.add(asked.then(
      [this, &outcome](base::result<actors::write_reply> got) { ended(outcome, std::move(got)); }));
}

void import_state::ended(batch_outcome& outcome, base::result<actors::write_reply> got) {
  if (got && got->items.size() != outcome.items) {
    got = base::error{base::errc::internal, "a receipt is missing"};
  }
  for (std::size_t i = 0; i < outcome.items; ++i) {
    const base::error* why = !got             ? &got.error()
                             : !got->items[i] ? &got->items[i].error()
                                              : nullptr;
    if (!why) {
      outcome.known += got->items[i]->known;
      continue;
    }
    edge_.metrics().refused(why->code);
    if (is_for_good(*why))
      outcome.refused.emplace_back(i, *why);
    else if (!outcome.failed)
      outcome.failed = *why;
  }
  if (got) outcome.token = std::move(got->token);
  outcome.done = true;
  outcome.slot.reset();
  items_open_ -= outcome.items;
  bytes_open_ -= outcome.bytes;
  for (const auto name : outcome.names.written) written_.erase(written_.find(name));
  for (const auto name : outcome.names.needed) needed_.erase(needed_.find(name));
  settle();
  submit_free();
}

void import_state::settle() {
  while (!broken_ && !outcomes_.empty() && outcomes_.front().done) {
    auto& done = outcomes_.front();
    if (done.failed) {
      broken_ = std::move(done.failed);
      break;
    }
    for (auto& [position, why] : done.refused) {
      refusals_.push_back({settled_ + 1 + position, std::move(why)});
    }
    known_ += done.known;
    settled_ += done.items;
    token_ = actors::join_tokens(token_, done.token, target_.space);
    outcomes_.pop_front();
  }
  wake();
}

void import_state::wake() {
  if (has_credit()) {
    KJ_IF_MAYBE (fulfiller, credit_waiter_) {
      (*fulfiller)->fulfill();
    }
    credit_waiter_ = nullptr;
  }
  std::erase_if(waiters_, [&](auto& each) {
    bool is_due = is_at_rest() || (!each.wants_rest && settled_ > each.after);
    if (is_due) each.fulfiller->fulfill();
    return is_due;
  });
}

base::result<import_state::progress> import_state::report(std::uint64_t after) {
  if (broken_ && settled_ <= after) return *broken_;
  while (!refusals_.empty() && refusals_.front().item <= after) refusals_.pop_front();
  return progress{settled_, known_, {refusals_.begin(), refusals_.end()}, token_};
}

kj::Promise<base::result<import_state::progress>> import_state::wait_past(std::uint64_t after) {
  if (settled_ > after || is_at_rest()) return report(after);
  auto pair = kj::newPromiseAndFulfiller<void>();
  waiters_.push_back({after, false, kj::mv(pair.fulfiller)});
  return pair.promise.then([this, after]() { return report(after); });
}

kj::Promise<base::result<import_state::progress>> import_state::finish() {
  close();
  auto pair = kj::newPromiseAndFulfiller<void>();
  if (is_at_rest())
    pair.fulfiller->fulfill();
  else
    waiters_.push_back({0, true, kj::mv(pair.fulfiller)});
  return pair.promise.then([this]() -> base::result<progress> {
    if (broken_) return *broken_;
    return report(0);
  });
}

void import_state::close() {
  is_closed_ = true;
  settle();
}

void import_state::taskFailed(kj::Exception&& failure) {
  edge_.log().error("node", "a stream lost track of a batch",
                    {{"why", failure.getDescription().cStr()}});
}

} // namespace engram::node

#include "node/rpc/import_state.hpp"

#include "node/rpc/bridge.hpp"

#include <kj/debug.h>

#include <algorithm>

namespace engram::node {

namespace {

// More would mean a client that never looks at what was refused.
constexpr std::size_t REFUSALS_MAX = 65'536;

} // namespace

import_state::import_state(edge& owner, import_target target)
    : edge_(owner), target_(std::move(target)), tasks_(*this) {}

bool import_state::has_credit() const {
  return outcomes_.empty() || (items_open_ < edge_.settings().import_items_max &&
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
    if (batch.items() == 0) return;
    auto& outcome = outcomes_.emplace_back();
    outcome.items = batch.items();
    outcome.bytes = batch.bytes;
    items_open_ += outcome.items;
    bytes_open_ += outcome.bytes;
    submit(outcome, kj::mv(batch));
  });
}

void import_state::submit(batch_outcome& outcome, import_batch batch) {
  auto may = edge_.check(target_.who, actors::scope::write, target_.space_name);
  if (may && batch.items() > edge_.settings().batch_items_max) {
    may = base::error{base::errc::batch_too_large, std::to_string(batch.items()) + " items"};
  }
  auto slot = may ? edge_.enter() : base::result<call_slot>(may.error());
  if (!slot) {
    outcome.parts_open = 1;
    return part_ended(outcome, 0, outcome.items, slot.error());
  }
  outcome.slot.emplace(*std::move(slot));

  auto episodes = batch.episodes.size(), associations = batch.associations.size();
  outcome.parts_open = (episodes > 0) + (associations > 0);
  auto& service = edge_.service();
  if (episodes > 0) {
    submit_part(outcome, 0, episodes, [&](auto reply) {
      service.remember(target_.space, std::move(batch.episodes), target_.how, std::move(reply));
    });
  }
  if (associations > 0) {
    submit_part(outcome, episodes, associations, [&](auto reply) {
      service.associate(target_.space, std::move(batch.associations), target_.how,
                        std::move(reply));
    });
  }
}

template <class Ask>
void import_state::submit_part(batch_outcome& outcome, std::size_t first, std::size_t count,
                               Ask&& start) {
  tasks_.add(ask<actors::write_reply>(std::forward<Ask>(start))
                 .then([this, &outcome, first, count](base::result<actors::write_reply> got) {
                   part_ended(outcome, first, count, std::move(got));
                 }));
}

void import_state::part_ended(batch_outcome& outcome, std::size_t first, std::size_t count,
                              base::result<actors::write_reply> got) {
  if (got && got->items.size() != count) {
    got = base::error{base::errc::internal, "a receipt is missing"};
  }
  for (std::size_t i = 0; i < count; ++i) {
    const base::error* why = !got             ? &got.error()
                             : !got->items[i] ? &got->items[i].error()
                                              : nullptr;
    if (why) {
      edge_.metrics().refused(why->code);
      outcome.refused.emplace_back(first + i, *why);
    } else if (got->items[i]->known) {
      ++outcome.known;
    }
  }
  if (--outcome.parts_open > 0) return;
  outcome.slot.reset();
  items_open_ -= outcome.items;
  bytes_open_ -= outcome.bytes;
  settle();
}

void import_state::settle() {
  while (!outcomes_.empty() && outcomes_.front().parts_open == 0) {
    auto& done = outcomes_.front();
    std::sort(done.refused.begin(), done.refused.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [position, why] : done.refused) {
      refusals_.push_back({settled_ + 1 + position, std::move(why)});
    }
    known_ += done.known;
    settled_ += done.items;
    outcomes_.pop_front();
  }
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

import_state::progress import_state::report(std::uint64_t after) {
  while (!refusals_.empty() && refusals_.front().item <= after) refusals_.pop_front();
  return {settled_, known_, {refusals_.begin(), refusals_.end()}};
}

kj::Promise<import_state::progress> import_state::wait_past(std::uint64_t after) {
  if (settled_ > after || is_at_rest()) return report(after);
  auto pair = kj::newPromiseAndFulfiller<void>();
  waiters_.push_back({after, false, kj::mv(pair.fulfiller)});
  return pair.promise.then([this, after]() { return report(after); });
}

kj::Promise<import_state::progress> import_state::finish() {
  close();
  if (is_at_rest()) return report(0);
  auto pair = kj::newPromiseAndFulfiller<void>();
  waiters_.push_back({0, true, kj::mv(pair.fulfiller)});
  return pair.promise.then([this]() { return report(0); });
}

void import_state::close() {
  is_closed_ = true;
  settle();
}

void import_state::taskFailed(kj::Exception&& failure) {
  edge_.log().error("node", "an import lost track of a batch",
                    {{"why", failure.getDescription().cStr()}});
}

} // namespace engram::node

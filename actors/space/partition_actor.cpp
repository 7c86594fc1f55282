#include "actors/space/partition_actor.hpp"

namespace engram::actors {

namespace {

struct partition_state {
  host_ptr host;
  std::shared_ptr<space_slot> slot;
  log_thread* log = nullptr;
  partition_events events;
  bool closing = false;
  bool watching = false; // a quiet_partition is on its way
};
using self_pointer = partition_actor::stateful_pointer<partition_state>;

constexpr std::chrono::seconds quiet_after{2};
constexpr std::chrono::milliseconds quiet_pause{20}; // between steps, for what comes in

void leave(self_pointer self) {
  auto& state = self->state;
  state.slot->close();
  state.log->detach(state.slot->number);
  self->quit();
}

/// Runs one step. What it throws ends this partition only: the supervisor opens the space anew.
template <class Step>
void guarded(self_pointer self, Step step) {
  auto& state = self->state;
  if (!state.host) return;
  try {
    step(*state.host);
  } catch (const std::exception& thrown) {
    const base::error why{base::errc::internal, thrown.what()};
    const auto at = state.host->failing();
    leave(self);
    state.host->abandon(why);
    state.host.reset();
    state.events.failed({state.slot->config.identity, why, at});
    return;
  }
  if (state.closing && state.host->idle()) {
    leave(self);
    state.host.reset();
    state.events.closed(state.slot->config.identity);
  }
}

void watch(self_pointer self, std::chrono::milliseconds after) {
  auto& state = self->state;
  state.watching = state.host != nullptr && !state.closing;
  if (state.watching)
    self->delayed_send(self, after, quiet_partition{state.host->outcomes_heard()});
}

/// A bounded step of tidying up when nothing was written since the last look.
void step_quiet(self_pointer self, std::uint64_t outcomes_heard) {
  bool busy = false, more = false;
  guarded(self, [&](partition_host& h) {
    busy = h.outcomes_heard() != outcomes_heard || !h.idle();
    if (!busy) more = h.step_quiet();
  });
  self->state.watching = false;
  if (busy)
    watch(self, quiet_after);
  else if (more)
    watch(self, quiet_pause);
}

partition_actor::behavior_type behave(self_pointer self, const parcel<partition_state>& begin) {
  self->state = begin.open();
  return {
      [self](const write_parcel& job) {
        guarded(self, [&](partition_host& h) { h.step_write(*job.open()); });
      },
      [self](const outcomes_parcel& outcomes) {
        guarded(self, [&](partition_host& h) { h.step_logged(std::move(outcomes.open())); });
        if (!self->state.watching) watch(self, quiet_after);
      },
      [self](const foreign_parcel& entries) {
        guarded(self, [&](partition_host& h) { h.step_foreign(std::move(entries.open())); });
        if (!self->state.watching) watch(self, quiet_after);
      },
      [self](quiet_partition before) { step_quiet(self, before.outcomes_heard); },
      [self](close_partition) {
        self->state.closing = true;
        self->state.slot->close();
        guarded(self, [](partition_host&) {});
      },
  };
}

} // namespace

partition_actor spawn_partition(caf::actor_system& system, host_ptr host,
                                std::shared_ptr<space_slot> slot, log_thread& log,
                                partition_events events) {
  auto handle =
      system.spawn(behave, parcel(partition_state{std::move(host), slot, &log, std::move(events)}));
  log.attach(slot->number, [handle](std::vector<log_outcome> what) {
    caf::anon_send(handle, outcomes_parcel(std::move(what)));
  });
  slot->open({[handle](std::shared_ptr<write_job> job) {
                caf::anon_send(handle, write_parcel(std::move(job)));
              },
              [handle](std::vector<foreign_entry> entries) {
                caf::anon_send(handle, foreign_parcel(std::move(entries)));
              }});
  return handle;
}

} // namespace engram::actors

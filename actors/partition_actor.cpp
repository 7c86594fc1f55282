#include "actors/partition_actor.hpp"

namespace engram::actors {

namespace {

struct partition_state {
  host_ptr host;
  std::shared_ptr<space_slot> slot;
  log_thread* log = nullptr;
  partition_events events;
  bool closing = false;
};
using self_pointer = partition_actor::stateful_pointer<partition_state>;

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

partition_actor::behavior_type behave(self_pointer self, const parcel<partition_state>& begin) {
  self->state = begin.open();
  return {
      [self](const write_parcel& job) {
        guarded(self, [&](partition_host& h) { h.step_write(*job.open()); });
      },
      [self](const outcomes_parcel& outcomes) {
        guarded(self, [&](partition_host& h) { h.step_logged(std::move(outcomes.open())); });
      },
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
  slot->open([handle](std::shared_ptr<write_job> job) {
    caf::anon_send(handle, write_parcel(std::move(job)));
  });
  return handle;
}

} // namespace engram::actors

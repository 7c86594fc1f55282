#include "actors/space/supervisor_actor.hpp"

namespace engram::actors {

// -- slot_table --

std::shared_ptr<space_slot> slot_table::find(const base::space_id& space) const {
  const std::shared_lock lock(mutex_);
  const auto found = slots_.find(space);
  // One that has failed stays here until the supervisor hears of it.
  return found == slots_.end() || found->second->closed() ? nullptr : found->second;
}

std::vector<std::shared_ptr<space_slot>> slot_table::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<space_slot>> out;
  for (const auto& [space, slot] : slots_) out.push_back(slot);
  return out;
}

std::optional<base::error> slot_table::parked(const base::space_id& space) const {
  const std::shared_lock lock(mutex_);
  const auto found = parked_.find(space);
  return found == parked_.end() ? std::nullopt : std::optional(found->second);
}

void slot_table::put(std::shared_ptr<space_slot> slot) {
  const std::unique_lock lock(mutex_);
  slots_.insert_or_assign(slot->config.identity, std::move(slot));
}

void slot_table::remove(const base::space_id& space) {
  const std::unique_lock lock(mutex_);
  slots_.erase(space);
}

void slot_table::park(const base::space_id& space, base::error why) {
  const std::unique_lock lock(mutex_);
  slots_.erase(space);
  parked_.insert_or_assign(space, std::move(why));
}

// -- the actor --

namespace {

struct supervisor_state {
  supervisor_world* world = nullptr;
  std::optional<space_keeper> keeper;
  std::map<base::space_id, memory::space_config> configs;
  std::map<base::space_id, std::vector<reply<std::shared_ptr<space_slot>>>> askers;
  std::map<base::space_id, partition_actor> partitions;
  std::map<base::space_id, reply<void>> drops;
  std::map<base::space_id, std::function<void()>> exchanges;
  std::function<void()> stopping;
  base::counter *opened = nullptr, *failed = nullptr, *parked = nullptr;
};
using self_pointer = supervisor_actor::stateful_pointer<supervisor_state>;

void answer_askers(self_pointer self, const base::space_id& space,
                   const base::result<std::shared_ptr<space_slot>>& with) {
  const auto askers = self->state.askers.extract(space);
  if (askers.empty()) return;
  for (auto& done : askers.mapped()) done(with);
}

void start_opening(self_pointer self, const base::space_id& space) {
  auto& world = *self->state.world;
  const supervisor_actor me = self;
  auto job = [me, &world, config = self->state.configs.at(space)] {
    auto result = open_space({world.store, world.log, world.pool, world.probe}, config);
    caf::anon_send(me, opened_parcel(space_opened{config.identity, std::move(result)}));
  };
  if (const auto queued = world.opener.submit_admitted(std::move(job)); !queued)
    answer_askers(self, space, queued.error());
}

void start_closing(self_pointer self, const base::space_id& space) {
  self->state.world->table.remove(space);
  const auto running = self->state.partitions.find(space);
  if (running != self->state.partitions.end()) self->send(running->second, close_partition{});
}

void carry_out(self_pointer self, space_keeper::actions actions) {
  for (const auto& space : actions.close) start_closing(self, space);
  for (auto& parking : actions.park) {
    self->state.parked->add();
    self->state.world->table.park(parking.space, parking.why);
    answer_askers(self, parking.space,
                  base::error{base::errc::space_parked, parking.why.message()});
  }
  for (const auto& space : actions.open) start_opening(self, space);
}

/// What a dropped space kept is erased where nobody waits for the disk.
void erase_dropped(self_pointer self, const base::space_id& space) {
  auto drop = self->state.drops.extract(space);
  if (drop.empty()) return;
  auto& log = self->state.world->log;
  auto job = [&log, space, done = drop.mapped()] {
    const auto settled = log.settle();
    if (settled) log.drop(space);
    done(settled);
  };
  if (const auto queued = self->state.world->opener.submit_admitted(job); !queued)
    drop.mapped()(queued);
}

void end_when_closed(self_pointer self) {
  auto& state = self->state;
  if (!state.stopping || !state.partitions.empty()) return;
  state.stopping();
  self->quit();
}

void step_want(self_pointer self, want_space& want) {
  auto& state = self->state;
  const auto& space = want.space.identity;
  if (auto open = state.world->table.find(space)) return want.done(std::move(open));
  if (state.stopping) return want.done(base::error{base::errc::shutting_down, "no space opens"});
  if (const auto* why = state.keeper->parked_for(space))
    return want.done(base::error{base::errc::space_parked, why->message()});
  state.configs.insert_or_assign(space, want.space);
  state.askers[space].push_back(std::move(want.done));
  carry_out(self, state.keeper->step_wanted(space));
}

void step_failed(self_pointer self, const base::space_id& space, base::error why,
                 std::optional<log_place> at) {
  auto& state = self->state;
  state.failed->add();
  state.world->table.remove(space);
  state.partitions.erase(space);
  if (state.stopping || state.drops.contains(space)) {
    answer_askers(self, space, why);
    erase_dropped(self, space);
    return end_when_closed(self);
  }
  carry_out(self,
            state.keeper->step_failed(space, std::move(why), at, state.world->clock.monotonic()));
}

void step_opened(self_pointer self, space_opened& message) {
  auto& state = self->state;
  if (auto* failure = std::get_if<open_failure>(&message.result))
    return step_failed(self, message.space, std::move(failure->why), failure->at);
  auto& opened = std::get<opened_space>(message.result);
  auto slot = opened.slot;
  auto host = std::make_shared<partition_host>(std::move(opened.core), slot, state.world->log,
                                               state.world->copies);
  host->start();
  const supervisor_actor me = self;
  partition_events events{
      [me](const base::space_id& space) { caf::anon_send(me, space_closed{space}); },
      [me](partition_failure failure) { caf::anon_send(me, failure_parcel(std::move(failure))); }};
  state.opened->add();
  state.keeper->step_opened(message.space);
  slot->touch(state.world->clock.monotonic());
  state.partitions.insert_or_assign(
      message.space,
      spawn_partition(self->system(), std::move(host), slot, state.world->log, std::move(events)));
  if (state.stopping || state.drops.contains(message.space)) {
    answer_askers(self, message.space,
                  base::error{base::errc::unavailable, "the space is going away"});
    carry_out(self, state.keeper->step_dropped(message.space));
    return;
  }
  state.world->table.put(slot);
  state.world->on_open(slot);
  answer_askers(self, message.space, slot);
}

void step_closed(self_pointer self, const base::space_id& space) {
  auto& state = self->state;
  state.partitions.erase(space);
  if (auto exchange = state.exchanges.extract(space); !exchange.empty() && !state.stopping) {
    const supervisor_actor me = self;
    auto job = [me, space, work = std::move(exchange.mapped())] {
      work();
      caf::anon_send(me, space_closed{space});
    };
    if (state.world->opener.submit_admitted(std::move(job))) return;
  }
  erase_dropped(self, space);
  auto next = state.keeper->step_closed(space);
  if (!state.stopping) carry_out(self, std::move(next));
  end_when_closed(self);
}

void step_drop(self_pointer self, drop_space& drop) {
  auto& state = self->state;
  state.drops.insert_or_assign(drop.space, std::move(drop.done));
  const auto phase = state.keeper->phase(drop.space);
  carry_out(self, state.keeper->step_dropped(drop.space));
  if (phase == space_phase::closed || phase == space_phase::parked) erase_dropped(self, drop.space);
}

void step_exchange(self_pointer self, exchange_space& exchange) {
  auto& state = self->state;
  if (state.stopping || state.keeper->phase(exchange.space) != space_phase::open) return;
  state.exchanges.insert_or_assign(exchange.space, std::move(exchange.work));
  carry_out(self, state.keeper->step_dropped(exchange.space));
  if (exchange.reopen) carry_out(self, state.keeper->step_wanted(exchange.space)); // once closed
}

void step_tick(self_pointer self) {
  auto& state = self->state;
  const auto now = state.world->clock.monotonic();
  std::vector<space_keeper::usage> open;
  for (const auto& slot : state.world->table.all()) {
    slot->expire(now);
    const auto view = slot->view();
    open.push_back({slot->config.identity, view->state->counts.memory_bytes, slot->last_used(),
                    now - slot->last_used() < std::chrono::seconds(1)});
  }
  carry_out(self, state.keeper->tick(std::move(open)));
}

void step_stop(self_pointer self, std::function<void()> done) {
  auto& state = self->state;
  state.stopping = std::move(done);
  for (const auto& [space, partition] : state.partitions) start_closing(self, space);
  for (auto& [space, askers] : std::exchange(state.askers, {}))
    for (auto& asker : askers) asker(base::error{base::errc::shutting_down, "no space opens"});
  for (auto& [space, done_dropping] : std::exchange(state.drops, {}))
    done_dropping(
        base::error{base::errc::shutting_down, "dropped; its bytes go at the next start"});
  end_when_closed(self);
}

supervisor_actor::behavior_type behave(self_pointer self, supervisor_world* world) {
  auto& state = self->state;
  state.world = world;
  state.keeper.emplace(world->rules);
  state.opened = &world->registry.add_counter("engram_actors_spaces_opened_total", "Spaces opened");
  state.failed = &world->registry.add_counter("engram_actors_partition_failures_total",
                                              "Partitions that failed, opening included");
  state.parked = &world->registry.add_counter("engram_actors_spaces_parked_total",
                                              "Spaces taken out of service");
  return {
      [self](const want_parcel& want) { step_want(self, want.open()); },
      [self](const drop_parcel& drop) { step_drop(self, drop.open()); },
      [self](const exchange_parcel& exchange) { step_exchange(self, exchange.open()); },
      [self](const opened_parcel& opened) { step_opened(self, opened.open()); },
      [self](const failure_parcel& failure) {
        const auto& what = failure.open();
        step_failed(self, what.space, what.why, what.at);
      },
      [self](const space_closed& closed) { step_closed(self, closed.space); },
      [self](supervisor_tick) { step_tick(self); },
      [self](const stop_parcel& done) { step_stop(self, done.open()); },
  };
}

} // namespace

supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_world& world) {
  return system.spawn(behave, &world);
}

} // namespace engram::actors

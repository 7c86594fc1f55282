#include "actors/space/supervisor.hpp"

#include "actors/space/supervisor_actor.hpp"

#include <future>

namespace engram::actors {

struct supervisor::state {
  state(storage::store& store, log_thread& log, compute_pool& pool, const base::clock& clock,
        base::registry& registry, apply_probe probe, const config& how)
      : configured(how.actor_threads), system(configured),
        world{store,     log,        pool,       opener, clock, registry, std::move(probe),
              how.rules, how.copies, how.on_open},
        opener(1, 1u << 20, registry, "opener"), actor(spawn_supervisor(system, world)) {}

  struct caf_config : caf::actor_system_config {
    explicit caf_config(std::uint32_t threads) {
      // Workers that sleep instead of polling: requests come from outside threads.
      set("scheduler.policy", caf::atom("sharing"));
      set("scheduler.max-threads", static_cast<std::size_t>(threads));
    }
  };

  caf_config configured;
  caf::actor_system system;
  supervisor_world world;
  compute_pool opener; // one opening at a time; each uses the whole compute pool
  supervisor_actor actor;
  bool stopped = false;
};

supervisor::supervisor(storage::store& store, log_thread& log, compute_pool& pool,
                       const base::clock& clock, base::registry& registry, apply_probe probe,
                       config how)
    : state_(std::make_unique<state>(store, log, pool, clock, registry, std::move(probe), how)) {}

supervisor::~supervisor() { stop(); }

void supervisor::want(memory::space_config space, reply<std::shared_ptr<space_slot>> done) {
  if (auto slot = find(space.identity)) return done(std::move(slot));
  caf::anon_send(state_->actor, want_parcel(want_space{std::move(space), std::move(done)}));
}

std::shared_ptr<space_slot> supervisor::find(const base::space_id& space) const {
  return state_->world.table.find(space);
}

std::vector<std::shared_ptr<space_slot>> supervisor::open_slots() const {
  return state_->world.table.all();
}

std::optional<base::error> supervisor::parked(const base::space_id& space) const {
  return state_->world.table.parked(space);
}

void supervisor::drop(const base::space_id& space, reply<void> done) {
  caf::anon_send(state_->actor, drop_parcel(drop_space{space, std::move(done)}));
}

void supervisor::exchange_copy(const base::space_id& space, std::function<void()> work) {
  caf::anon_send(state_->actor, exchange_parcel(exchange_space{space, std::move(work)}));
}

void supervisor::close_for(const base::space_id& space, std::function<void()> work) {
  caf::anon_send(state_->actor, exchange_parcel(exchange_space{space, std::move(work), false}));
}

void supervisor::tick() { caf::anon_send(state_->actor, supervisor_tick{}); }

void supervisor::stop() {
  if (std::exchange(state_->stopped, true)) return;
  auto stopped = std::make_shared<std::promise<void>>();
  caf::anon_send(state_->actor, stop_parcel([stopped] { stopped->set_value(); }));
  stopped->get_future().wait();
  state_->opener.stop();
  state_->system.await_all_actors_done();
}

} // namespace engram::actors

#pragma once
// The supervisor's actor: a mailbox around core/space_keeper, which decides; here spaces are opened
// (on the opener's thread), partitions spawned, askers answered.

#include "actors/space/open_space.hpp"
#include "actors/space/partition_actor.hpp"

#include <map>
#include <shared_mutex>

namespace engram::actors {

/// Open spaces, for threads that only look. Written by the supervisor's actor.
class slot_table {
public:
  std::shared_ptr<space_slot> find(const base::space_id& space) const;
  std::vector<std::shared_ptr<space_slot>> all() const;
  std::optional<base::error> parked(const base::space_id& space) const;
  void put(std::shared_ptr<space_slot> slot);
  void remove(const base::space_id& space);
  void park(const base::space_id& space, base::error why);

private:
  mutable std::shared_mutex mutex_;
  std::map<base::space_id, std::shared_ptr<space_slot>> slots_;
  std::map<base::space_id, base::error> parked_;
};

struct want_space {
  memory::space_config space;
  reply<std::shared_ptr<space_slot>> done;
};
struct drop_space {
  base::space_id space;
  reply<void> done;
};
/// Closes the space, does the work, opens it again unless told not to; nothing when it is not
/// open.
struct exchange_space {
  base::space_id space;
  std::function<void()> work;
  bool reopen = true;
};
struct space_opened {
  base::space_id space;
  open_result result;
};
struct space_closed {
  base::space_id space;
};
struct supervisor_tick {};

using want_parcel = parcel<want_space>;
using drop_parcel = parcel<drop_space>;
using exchange_parcel = parcel<exchange_space>;
using opened_parcel = parcel<space_opened>;
using stop_parcel = parcel<std::function<void()>>; // what to call when every space is closed

/// What the actor works with; outlives it.
struct supervisor_world {
  storage::store& store;
  log_thread& log;
  compute_pool& pool;
  compute_pool& opener;
  const base::clock& clock;
  base::registry& registry;
  apply_probe probe;
  keeper_rules rules;
  copies_port& copies;
  std::function<void(std::shared_ptr<space_slot>)> on_open;
  slot_table table{};
};

} // namespace engram::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::want_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::drop_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::exchange_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::opened_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::failure_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::space_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::supervisor_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::stop_parcel)

namespace engram::actors {

using supervisor_actor =
    caf::typed_actor<caf::reacts_to<want_parcel>, caf::reacts_to<drop_parcel>,
                     caf::reacts_to<exchange_parcel>, caf::reacts_to<opened_parcel>,
                     caf::reacts_to<failure_parcel>, caf::reacts_to<space_closed>,
                     caf::reacts_to<supervisor_tick>, caf::reacts_to<stop_parcel>>;

supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_world& world);

} // namespace engram::actors

#pragma once
// The actor around a partition: one mailbox, one space. Hears writes from the compute pool and
// outcomes from the log thread; tells its supervisor when it has closed or failed. What it does is
// partition_host's business.

#include "actors/space/parcel.hpp"
#include "actors/space/partition_host.hpp"

#include <caf/all.hpp>

namespace engram::actors {

using write_parcel = parcel<std::shared_ptr<write_job>>;
using outcomes_parcel = parcel<std::vector<log_outcome>>;
using foreign_parcel = parcel<std::vector<foreign_entry>>;
using host_ptr = std::shared_ptr<partition_host>;

struct partition_failure {
  base::space_id space;
  base::error why;
  std::optional<log_place> at;
};
using failure_parcel = parcel<partition_failure>;
/// How the partition tells; set by the supervisor.
struct partition_events {
  std::function<void(const base::space_id&)> closed;
  std::function<void(partition_failure)> failed;
};

struct close_partition {};
/// Sent to itself: look whether anything was written since.
struct quiet_partition {
  std::uint64_t outcomes_heard = 0;
};

} // namespace engram::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::write_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::outcomes_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::foreign_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::close_partition)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::actors::quiet_partition)

namespace engram::actors {

using partition_actor =
    caf::typed_actor<caf::reacts_to<write_parcel>, caf::reacts_to<outcomes_parcel>,
                     caf::reacts_to<foreign_parcel>, caf::reacts_to<close_partition>,
                     caf::reacts_to<quiet_partition>>;

/// Attaches the space to the log, opens its slot, and runs until closed or failed.
partition_actor spawn_partition(caf::actor_system& system, host_ptr host,
                                std::shared_ptr<space_slot> slot, log_thread& log,
                                partition_events events);

} // namespace engram::actors

#pragma once
// How often replicas speak, and how much of what others say may wait.

#include "storage/replication/replicator.hpp"

#include <cstdint>

namespace engram::actors {

struct replication_rules {
  base::duration heartbeat{500};
  base::duration full_heartbeat{60'000}; // with every space, changed or not
  base::duration quiet_heartbeat{
      750}; // with nothing to tell, to who shares a space (staleness.hpp)
  base::duration step{100};
  base::duration replace_after{900'000}; // a member dead for longer is not waited for in trimming
  base::duration remove_after{259'200'000};          // ... is given up for good; 0: never
  std::uint64_t copy_bytes_per_second = 64ull << 20; // from others; 0: no bound
  double disk_share_max = 0.8;                       // above it no new replica is begun
  base::duration look_at_disk{5'000};
  std::uint64_t inbox_bytes_max = 64ull << 20;
  storage::replicator_settings cores;
};

} // namespace engram::actors

#pragma once
// The node and its cluster, and what their operator asks of them. Part of the service
// (actors/service.hpp).

#include "actors/cluster_values.hpp"
#include "actors/service/reply.hpp"
#include "actors/service/spaces.hpp"
#include "base/id.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace engram::actors {

struct node_status {
  base::store_id store;
  base::hash128 cluster;
  base::origin_id origin;
  base::duration uptime{0};
  bool ready = false;
  bool accepting_writes = false;
  std::string verdict;
  std::vector<space_info> spaces;
  std::uint64_t bytes_on_disk = 0, bytes_free = 0, bytes_resident = 0;
  base::instant now;
};

class cluster_service {
public:
  virtual void status(reply<node_status> done) = 0;
  virtual void cluster(reply<cluster_info> done) = 0;
  /// This node goes for good: nobody waits for it any more. errc::too_few_replicas: it would take
  /// the last copy of something with it; errc::unavailable: it is a cluster of one.
  virtual void leave(reply<void> done) = 0;
  /// A member goes for good, said by any node: one that is up hands over first and then leaves, one
  /// that is `dead` is not waited for any more. Again: the same. errc::invalid_argument: it is no
  /// member, or not dead, or not up; errc::too_few_replicas: no majority, or nobody to take over.
  virtual void retire(base::store_id member, bool dead, reply<void> done) = 0;
  /// What a change would move; nothing happens. errc::invalid_argument: no such member.
  virtual void plan(topology_change change, reply<topology_plan> done) = 0;
  /// Every replica of a space, or of all (""), is read anew and compared with the others; damaged
  /// and diverged ones begin to take a good one's copy. Again: how far that is.
  virtual void repair(std::string space, reply<std::vector<space_comparison>> done) = 0;
  /// Raises the feature level to what all members know. errc::too_few_replicas: no majority.
  virtual void upgrade(reply<std::uint32_t> done) = 0;

protected:
  ~cluster_service() = default;
};

} // namespace engram::actors

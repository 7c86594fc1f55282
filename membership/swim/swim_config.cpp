#include "membership/swim/swim_config.hpp"

#include <algorithm>

namespace engram::membership {

swim_config swim_config::paced(base::duration probe_interval) {
  swim_config out;
  for (base::duration* each : {&out.probe_timeout, &out.indirect_timeout, &out.probe_repeat}) {
    *each =
        std::max(base::duration{1}, *each * probe_interval.count() / out.probe_interval.count());
  }
  out.probe_interval = probe_interval;
  return out;
}

std::vector<base::error> swim_config::validate() const {
  std::vector<base::error> faults;
  const auto require = [&](bool holds, const char* text) {
    if (!holds) faults.push_back({base::errc::invalid_argument, text});
  };
  require(probe_timeout.count() > 0, "swim: probe_timeout must be positive");
  require(probe_repeat.count() > 0, "swim: probe_repeat must be positive");
  require(indirect_timeout.count() > 0, "swim: indirect_timeout must be positive");
  require(probe_timeout + indirect_timeout <= probe_interval,
          "swim: probe_timeout and indirect_timeout must fit into probe_interval");
  require(gossip_interval.count() > 0, "swim: gossip_interval must be positive");
  require(gossip_fanout > 0, "swim: gossip_fanout must be at least 1");
  require(updates_per_packet > 0, "swim: updates_per_packet must be at least 1");
  require(suspicion_multiplier > 0, "swim: suspicion_multiplier must be at least 1");
  require(suspicion_max_multiplier > 0, "swim: suspicion_max_multiplier must be at least 1");
  require(push_pull_interval.count() > 0, "swim: push_pull_interval must be positive");
  require(push_pull_members > 0, "swim: push_pull_members must be at least 1");
  require(retry_first.count() > 0 && retry_first <= retry_last,
          "swim: retry_first must be positive and at most retry_last");
  return faults;
}

} // namespace engram::membership

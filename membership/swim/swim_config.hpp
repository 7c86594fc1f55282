#pragma once
// Knobs of failure detection and gossip (SWIM, Das et al. 2002; Lifeguard, Dadgar et al. 2017). The
// defaults are for one data centre. All times are virtual: the core counts what tick() is told.

#include "base/error.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <vector>

namespace engram::membership {

struct swim_config {
  /// One member is probed per interval. Lower: faster detection, more packets (2 per interval).
  base::duration probe_interval{1'000};
  /// Of a direct probe; indirect probes get the rest of the interval.
  base::duration probe_timeout{500};
  /// Members asked to probe on our behalf when the direct probe timed out.
  std::uint32_t indirect_probes = 3;
  /// Least suspicion = suspicion_multiplier * max(1, log10 N) * probe_interval.
  std::uint32_t suspicion_multiplier = 4;
  /// Most suspicion = this * the least one; each confirmation moves it toward the least.
  std::uint32_t suspicion_max_multiplier = 6;
  /// Worst local health; a member that doubts itself waits (health + 1) times longer.
  std::uint32_t awareness_max = 8;

  /// What is new is sent to `gossip_fanout` members per interval. At most
  /// fanout * packet_bytes_max per interval and node, whatever N.
  base::duration gossip_interval{200};
  std::uint32_t gossip_fanout = 3;
  /// One update is sent max(retransmit_floor, retransmit_multiplier * ceil(log10(N + 1))) times.
  std::uint32_t retransmit_multiplier = 4;
  std::uint32_t retransmit_floor = 6;
  /// Updates that ride on one packet; 1,400 bytes hold that many of ordinary length.
  std::uint32_t updates_per_packet = 8;
  /// Dead members still hear gossip for this long, so that a wrong verdict reaches its subject.
  base::duration gossip_to_the_dead{30'000};

  /// Whole tables are exchanged with one random member. Above `push_pull_members` the interval
  /// grows by one multiple per doubling.
  base::duration push_pull_interval{5'000};
  std::uint32_t push_pull_members = 32;

  /// Seeds and dead members are contacted for ever; the wait doubles from the first to the last.
  base::duration retry_first{1'000};
  base::duration retry_last{30'000};

  /// All faults at once; empty when usable.
  std::vector<base::error> validate() const;
};

} // namespace engram::membership

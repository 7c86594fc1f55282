#pragma once
// Knobs of failure detection and gossip (SWIM, Das et al. 2002; Lifeguard, Dadgar et al. 2017). The
// defaults are for one data centre. All times are virtual: the core counts what tick() is told.

#include "base/error.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <vector>

namespace engram::membership {

struct swim_config {
  /// Doubt about oneself, longer suspicions, the buddy system, own pauses noticed. Off is plain
  /// SWIM, for comparison.
  bool lifeguard = true;

  /// One member is probed per interval. Lower: faster detection, more packets (2 per interval).
  base::duration probe_interval{1'000};
  /// Of a direct probe.
  base::duration probe_timeout{300};
  /// An unanswered ping is sent again this often until the probe ends: what the network loses must
  /// not become suspicions, whose spreading costs far more than pings.
  base::duration probe_repeat{100};
  /// Of the indirect ones that follow; then the target is suspected.
  base::duration indirect_timeout{400};
  /// Members asked to probe on our behalf when the direct probe timed out.
  std::uint32_t indirect_probes = 3;
  /// Least suspicion = suspicion_multiplier * max(1, log10 N) * probe_interval.
  std::uint32_t suspicion_multiplier = 3;
  /// Most suspicion = this * the least one; each confirmation moves it toward the least.
  std::uint32_t suspicion_max_multiplier = 8;
  /// That many make it the least; fewer where fewer others are there.
  std::uint32_t suspicion_confirmations = 2;
  /// Worst local health; a member that doubts itself waits (health + 1) times longer.
  std::uint32_t awareness_max = 8;

  /// What is new is sent to `gossip_fanout` members per interval. At most
  /// fanout * packet_bytes_max per interval and node, whatever N.
  base::duration gossip_interval{200};
  std::uint32_t gossip_fanout = 3;
  /// One update is sent max(retransmit_floor, retransmit_multiplier * ceil(log10(N + 1))) times.
  /// Missed by everybody's packets: about N * exp(-(1 - loss) * this often) members.
  std::uint32_t retransmit_multiplier = 7;
  std::uint32_t retransmit_floor = 10;
  /// Updates that ride on one packet; 1,400 bytes hold that many of ordinary length.
  std::uint32_t updates_per_packet = 8;
  /// Dead members still hear gossip for this long, so that a wrong verdict reaches its subject.
  base::duration gossip_to_the_dead{30'000};

  /// Whole tables are exchanged with one random member. Above `push_pull_members` the interval
  /// grows by one multiple per doubling. More news than packets carry makes it one probe interval.
  base::duration push_pull_interval{5'000};
  std::uint32_t push_pull_members = 32;

  /// Seeds that are not members are contacted for ever; the wait doubles from the first to the
  /// last. One dead member, drawn each time, is contacted as often as tables are exchanged.
  base::duration retry_first{1'000};
  base::duration retry_last{10'000};

  /// The defaults, with what happens within a probe as quick as its interval asks.
  static swim_config paced(base::duration probe_interval);

  /// All faults at once; empty when usable.
  std::vector<base::error> validate() const;
};

} // namespace engram::membership

#pragma once
// What is counted on the gossip port; explained in docs/metrics.md. Any thread.

#include "base/counters.hpp"
#include "membership/packet_seal.hpp"

#include <array>

namespace engram::node {

struct gossip_metrics {
  explicit gossip_metrics(base::registry& registry);

  void malformed(membership::packet_fault what) { faults[static_cast<std::size_t>(what)]->add(); }

  base::counter& arrived; // whole
  base::counter& sent;
  base::counter& unsent;
  base::counter& undecodable; // framed well, and still no message
  std::array<base::counter*, membership::packet_fault_count> faults;
};

} // namespace engram::node

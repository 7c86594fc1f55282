#pragma once
// What is counted of the links between members; explained in docs/metrics.md. Any thread.

#include "base/counters.hpp"
#include "base/error.hpp"

namespace engram::node {

struct peer_metrics {
  explicit peer_metrics(base::registry& registry);

  base::gauge& links; // made by this node and up
  base::counter& dials_failed;
  base::counter& links_lost;
  base::counter& sent; // messages
  base::counter& sent_bytes;
  base::counter& dropped; // messages: queue full, or lost with their link
  base::counter& received;
  base::counter& received_bytes;
  base::counter& asks;                                            // asked of others
  base::counter& asked;                                           // answered for others
  base::counter &refused_cluster, &refused_proof, &refused_other; // greetings
};

} // namespace engram::node

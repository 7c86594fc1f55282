#include "node/net/gossip_metrics.hpp"

#include "node/metrics.hpp"

namespace engram::node {

namespace {

base::counter& malformed_of(base::registry& registry, std::string_view what) {
  return registry.add_counter("engram_node_malformed_total", MALFORMED_HELP,
                              "port=\"gossip\",what=\"" + std::string(what) + "\"");
}

} // namespace

gossip_metrics::gossip_metrics(base::registry& registry)
    : arrived(registry.add_counter("engram_node_gossip_packets_total",
                                   "Datagrams on the gossip port that arrived whole.")),
      sent(registry.add_counter("engram_node_gossip_sent_total", "Datagrams sent.")),
      unsent(registry.add_counter("engram_node_gossip_unsent_total",
                                  "Datagrams that could not be sent: no route, no address for a "
                                  "name, or no room.")),
      undecodable(malformed_of(registry, "message")) {
  for (std::size_t i = 0; i < faults.size(); ++i)
    faults[i] =
        &malformed_of(registry, membership::to_string(static_cast<membership::packet_fault>(i)));
}

} // namespace engram::node

#include "node/peer/peer_metrics.hpp"

namespace engram::node {

namespace {

base::counter& refused(base::registry& registry, const char* why) {
  return registry.add_counter("engram_node_peers_refused_total",
                              "Members that were not let in, or not spoken with.",
                              std::string("why=\"") + why + "\"");
}

} // namespace

peer_metrics::peer_metrics(base::registry& registry)
    : links(registry.add_gauge("engram_node_peer_links", "Links to other members that are up.")),
      dials_failed(registry.add_counter("engram_node_peer_dials_failed_total",
                                        "Links to other members that could not be made.")),
      links_lost(registry.add_counter("engram_node_peer_links_lost_total",
                                      "Links to other members that ended.")),
      sent(registry.add_counter("engram_node_peer_sent_total", "Messages sent to other members.")),
      sent_bytes(registry.add_counter("engram_node_peer_sent_bytes_total",
                                      "Bytes of messages sent to other members.")),
      dropped(registry.add_counter("engram_node_peer_dropped_total",
                                   "Messages to other members dropped: the link was lost, or its "
                                   "queue was full.")),
      received(registry.add_counter("engram_node_peer_received_total",
                                    "Messages received from other members.")),
      received_bytes(registry.add_counter("engram_node_peer_received_bytes_total",
                                          "Bytes of messages received from other members.")),
      asks(registry.add_counter("engram_node_peer_asks_total", "Questions put to other members.")),
      asked(registry.add_counter("engram_node_peer_asked_total",
                                 "Questions of other members taken.")),
      refused_cluster(refused(registry, "cluster")), refused_proof(refused(registry, "proof")),
      refused_other(refused(registry, "other")) {}

} // namespace engram::node

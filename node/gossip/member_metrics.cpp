#include "node/gossip/member_metrics.hpp"

namespace engram::node {

using membership::member_event;
using membership::member_state;

std::string_view to_string(member_event what) noexcept {
  switch (what) {
  case member_event::joined:
    return "joined";
  case member_event::suspected:
    return "suspected";
  case member_event::refuted:
    return "refuted";
  case member_event::failed:
    return "failed";
  case member_event::left:
    return "left";
  case member_event::returned:
    return "returned";
  case member_event::duplicated:
    return "duplicated";
  }
  return "unknown";
}

std::string_view to_string(member_state what) noexcept {
  switch (what) {
  case member_state::alive:
    return "alive";
  case member_state::suspect:
    return "suspect";
  case member_state::dead:
    return "dead";
  case member_state::left:
    return "left";
  }
  return "unknown";
}

member_metrics::member_metrics(base::registry& registry)
    : doubt(
          registry.add_gauge("engram_node_member_doubt",
                             "How much this node doubts its own judgement of others; 0 is well.")),
      dropped(registry.add_counter("engram_node_member_messages_dropped_total",
                                   "Membership messages from links that were dropped: malformed, "
                                   "or too many waiting.")),
      unkept(registry.add_counter("engram_node_member_file_failures_total",
                                  "Times that what is known of the members could not be written "
                                  "to disk.")) {
  for (std::size_t i = 0; i < members.size(); ++i)
    members[i] = &registry.add_gauge(
        "engram_node_members", "Members of the cluster as this node sees them, itself too.",
        "state=\"" + std::string(to_string(static_cast<member_state>(i))) + "\"");
  for (std::size_t i = 0; i < events.size(); ++i)
    events[i] = &registry.add_counter(
        "engram_node_member_events_total",
        "What happened to other members, as this node learnt it.",
        "what=\"" + std::string(to_string(static_cast<member_event>(i))) + "\"");
}

void member_metrics::count(std::span<const membership::member_record> known) {
  std::array<std::int64_t, 4> counts{};
  for (const auto& each : known) ++counts[static_cast<std::size_t>(each.state)];
  for (std::size_t i = 0; i < counts.size(); ++i) members[i]->set(counts[i]);
}

} // namespace engram::node

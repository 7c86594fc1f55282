#pragma once
// What is counted of membership; explained in docs/metrics.md. Any thread.

#include "base/counters.hpp"
#include "membership/swim/messages.hpp"

#include <array>
#include <span>

namespace engram::node {

/// "joined", "suspected" ...: labels of a metric and words of the log, do not change them.
std::string_view to_string(membership::member_event what) noexcept;
std::string_view to_string(membership::member_state what) noexcept;

struct member_metrics {
  explicit member_metrics(base::registry& registry);

  void happened(membership::member_event what) { events[static_cast<std::size_t>(what)]->add(); }
  void count(std::span<const membership::member_record> known);

  std::array<base::gauge*, 4> members; // by state, this node among them
  std::array<base::counter*, 7> events;
  base::gauge& doubt;
  base::counter& dropped; // messages of links, for lack of room or because they were no messages
  base::counter& unkept;
};

} // namespace engram::node

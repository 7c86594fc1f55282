#pragma once
// What the edge counts. The verbs are called by the servers on any thread; registration, names and
// help texts are in metrics.cpp, explained in docs/metrics.md.

#include "base/counters.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

#include <array>
#include <map>

namespace engram::node {

/// Of engram_node_malformed_total, which every port has a share in.
inline constexpr const char* MALFORMED_HELP =
    "Inputs that were not what the port speaks: dropped, and the connection closed.";

class edge_metrics {
public:
  enum class port { rpc, http, peer };
  enum class malformed { framing, cut, protocol, handshake };

  explicit edge_metrics(base::registry& registry);

  void connection_opened(port p) { at(p).opened.add(), at(p).open.add(1); }
  void connection_closed(port p) { at(p).open.add(-1); }
  void connection_refused(port p) { at(p).refused.add(); }
  void bytes_malformed(port p, malformed what) {
    at(p).malformed[static_cast<std::size_t>(what)]->add();
  }
  void call_started() { calls_.add(), calls_open_.add(1); }
  void call_ended(std::uint64_t microseconds) {
    calls_open_.add(-1);
    call_duration_.record_us(microseconds);
  }
  /// Every error an edge answers with, by its code.
  void refused(base::errc code);
  void import_items(std::uint64_t count) { import_items_.add(count); }
  void import_held_back() { import_held_back_.add(); }

private:
  struct per_port {
    base::counter& opened;
    base::counter& refused;
    base::gauge& open;
    std::array<base::counter*, 4> malformed;
  };
  static per_port register_port(base::registry& registry, const std::string& name);
  per_port& at(port p) { return ports_[static_cast<std::size_t>(p)]; }

  std::array<per_port, 3> ports_;
  base::counter& calls_;
  base::gauge& calls_open_;
  base::histogram& call_duration_;
  base::counter& import_items_;
  base::counter& import_held_back_;
  std::map<base::errc, base::counter*> refused_; // one per row of the error table, never changed
};

/// Process facts: resident memory, CPU time, file descriptors, start time, version.
void register_process_metrics(base::registry& registry, base::instant started);

} // namespace engram::node

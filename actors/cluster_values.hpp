#pragma once
// The cluster as a node sees it, and what its operator asks of the whole of it. Values only.

#include "base/id.hpp"
#include "base/time.hpp"
#include "membership/placement.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace engram::actors {

struct member_info {
  base::store_id store;
  std::string address; // HOST:PORT of its peer port; gossip has the same number
  membership::member_state state = membership::member_state::alive;
  std::uint64_t incarnation = 0;
  std::string zone{};
  std::uint16_t feature_min = 1, feature_max = 1;
  bool retired = false;  // goes for good: hands over, or is not waited for
  bool replaced = false; // dead for long: others hold its spaces
};
struct replica_info {
  base::store_id store;
  bool placed = true; // false: it holds entries that it hands over
  /// Entries held here that it has not said it holds; nothing: it was never heard.
  std::optional<std::uint64_t> lag_entries;
  base::duration lag{0}; // since it last held all that is held here
  bool copying = false;  // new: does not hold yet what there was when it came
};
struct placement_info {
  std::string name;
  base::space_id identity;
  std::uint32_t factor = 0, quorum = 0;
  std::vector<replica_info> replicas; // of the placement first, in its order
};
struct cluster_info {
  base::hash128 cluster;
  base::store_id self;
  std::vector<member_info> members; // by address
  std::vector<placement_info> spaces;
  std::string verdict; // one line
  std::uint32_t level = 1;
};

struct topology_change {
  enum class kind : std::uint8_t { join, leave, decommission, replace } what = kind::join;
  std::uint32_t newcomers = 0;
  base::store_id member; // of the others
};
struct planned_move {
  std::string space;
  base::store_id from, to;    // zero: nobody gives a place up; a newcomer takes it
  std::uint32_t newcomer = 0; // from 1
  bool known = false;         // else no replica told how much it is
  std::uint64_t entries = 0, bytes = 0;
};
struct topology_plan {
  std::vector<planned_move> moves;
  std::uint64_t spaces = 0, entries = 0, bytes = 0, bytes_per_second = 0;
  base::duration time{0}; // at that rate, all members at once
  std::string refusal;    // why it would be refused
};

/// Sent: do not change the values.
enum class copy_verdict : std::uint8_t {
  good,
  behind,
  damaged,
  diverged,
  unsettled,
  rebuilding,
  unreachable
};
struct compared_copy {
  base::store_id store;
  copy_verdict verdict = copy_verdict::good;
  std::uint32_t differing = 0; // buckets that are not as most have them
  std::string detail;
};
struct space_comparison {
  std::string space;
  std::vector<compared_copy> copies;
};

} // namespace engram::actors

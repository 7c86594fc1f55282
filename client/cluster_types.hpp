#pragma once
// The cluster as the node that was asked sees it, and what its operator asks of the whole of it.
// Values only.

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace engram::client {

enum class member_state : std::uint8_t { alive, suspect, dead, left };
struct member_info {
  std::string store;   // hex
  std::string address; // HOST:PORT of its peer port and of its gossip
  member_state state = member_state::alive;
  std::uint64_t incarnation = 0;
  std::string zone{};
  bool retired = false;  // goes for good: hands over, or is not waited for
  bool replaced = false; // dead for long: others hold its spaces
  std::uint32_t feature_min = 1, feature_max = 1;
};
struct replica_info {
  std::string store;                        // hex
  bool placed = true;                       // false: it holds entries that it hands over
  std::optional<std::uint64_t> lag_entries; // that it has not said it holds; none: never heard
  base::duration lag{0};                    // since it last held all that the asked node holds
  bool copying = false;                     // new: does not hold yet what there was before
};
struct placement_info {
  std::string name, identity; // hex
  std::uint32_t factor = 0, quorum = 0;
  std::vector<replica_info> replicas; // of the placement first, in its order
};
struct cluster_info {
  std::string cluster, self; // hex; self: the store of the node that was asked
  std::string verdict;       // one line for a person
  std::vector<member_info> members;
  std::vector<placement_info> spaces;
  std::uint32_t level = 1; // feature level
};

struct topology_change {
  enum class kind { join, leave, decommission, replace } what = kind::join;
  std::uint32_t newcomers = 0;
  std::string member; // hex; of the others
};
struct planned_move {
  std::string space;
  std::string from, to;       // hex; "": nobody gives a place up; a newcomer takes it
  std::uint32_t newcomer = 0; // from 1
  bool known = false;         // else no replica told how much it is
  std::uint64_t entries = 0, bytes = 0;
};
struct topology_plan {
  std::vector<planned_move> moves;
  std::uint64_t spaces = 0, entries = 0, bytes = 0, bytes_per_second = 0;
  base::duration time{0};
  std::string refusal;
};

enum class copy_verdict { good, behind, damaged, diverged, unsettled, rebuilding, unreachable };
struct compared_copy {
  std::string store; // hex
  copy_verdict verdict = copy_verdict::good;
  std::uint32_t differing = 0; // buckets of 1,024
  std::string detail;
};
struct space_comparison {
  std::string space;
  std::vector<compared_copy> copies;
};

} // namespace engram::client

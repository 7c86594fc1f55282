#pragma once
// What is said of concepts: by a replica, which has the memories, or coarsely by any member, which
// has the space's sheet. Values; part of the service (actors/service.hpp).

#include "base/hash.hpp"
#include "base/time.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace engram::actors {

struct concept_row {
  base::hash128 name, version;
  double strength = 0, coherence = 0; // in [0, 1]
  std::uint32_t members = 0;
  std::optional<base::instant> first, last; // of the members that say when
  double similarity = 0;                    // with the cue, in [0, 1]
  /// Of a replica only.
  std::string exemplar;
  std::vector<std::string> citations; // members, at most CITATIONS_SHOWN
};

inline constexpr std::size_t CITATIONS_SHOWN = 8;
inline constexpr std::uint32_t CONCEPTS_SHOWN_MAX = 1'024;

struct concepts_reply {
  std::vector<concept_row> concepts; // of those like the cue the most (similarity * strength) first
  /// Of the whole space: its concepts, the memories in them, its visible memories.
  std::uint64_t total = 0, members = 0, memories = 0;
  /// From the sheet that this node holds: no replica was reached.
  bool coarse = false;
  base::instant as_of;   // when a replica last said so
  base::hash128 content; // of all concepts; equal on replicas with equal vectors
};

struct consolidation_report {
  std::uint64_t total = 0, members = 0, memories = 0;
  std::uint64_t changed = 0; // concepts that are new or have another version
  std::uint64_t took_us = 0;
  bool shared = false; // other members may hold them
  base::hash128 content;
};

/// What one space knows about a cue, as its sheet tells.
struct knowledge {
  std::string space;
  /// The most of similarity * strength. What the sheet had no room for can be no stronger than what
  /// is in it, so at the time of the sheet the truth lay between low and high.
  memory::interval match;
  std::uint32_t concepts = 0; // at least half as similar as the best
  std::uint64_t members = 0;  // memories in them
  std::uint64_t memories = 0; // of the space
  std::optional<base::instant> first, last;
  base::instant as_of;
};

struct knowing_reply {
  std::vector<knowledge> spaces;   // that know anything, the most first
  std::uint32_t spaces_asked = 0;  // selected
  std::uint32_t spaces_shared = 0; // of which a sheet is here
};

} // namespace engram::actors

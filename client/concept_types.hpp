#pragma once
// What a client hears of concepts. Plain values; part of client/types.hpp.

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace engram::client {

/// What a purge did, replica by replica.
struct purge_certificate {
  struct replica {
    std::string store; // hex
    bool confirmed = false;
    std::string why; // when not: purge again once it is back
  };
  std::uint64_t memories = 0;
  bool complete = false;
  std::vector<replica> replicas;
  base::instant at;
};

struct interval {
  double low = 0, point = 0, high = 0;
};

/// What one space knows about a cue, from the strongest concepts that it shares with every node.
struct knowledge {
  std::string space;
  interval match;             // similarity * strength; low and high bound what was not told
  std::uint32_t concepts = 0; // at least half as similar as the best
  std::uint64_t members = 0;  // memories in them
  std::uint64_t memories = 0; // of the space
  std::optional<base::instant> first, last;
  base::instant as_of; // when a replica last said so
};

/// What several memories have in common. Strength, coherence and similarity are in [0, 1].
struct concept_row {
  std::string name, version; // hex
  double strength = 0, coherence = 0;
  std::uint32_t members = 0;
  std::optional<base::instant> first, last; // of the members that say when
  double similarity = 0;                    // with the cue
  std::string exemplar;                     // id of a member; of a replica only, as are
  std::vector<std::string> citations;       // ids of members, the first few
};
struct concepts_answer {
  std::vector<concept_row> concepts;                  // most like the cue, else strongest, first
  std::uint64_t total = 0, members = 0, memories = 0; // concepts, memories in them, memories
  bool coarse = false; // no replica was reached: from what the space shares with every node
  base::instant as_of;
  std::string content; // hex, over all concepts: equal on replicas of equal state
  std::uint64_t took_us = 0;
};
struct consolidation {
  std::uint64_t total = 0, members = 0, memories = 0, changed = 0, took_us = 0;
  bool shared = false;
  std::string content; // hex
};
struct knowing_answer {
  std::vector<knowledge> spaces; // that know anything, the most first
  std::uint32_t spaces_asked = 0, spaces_shared = 0;
  std::uint64_t took_us = 0;
};

} // namespace engram::client

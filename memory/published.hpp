#pragma once
// What a reader of a space pins: one immutable view of everything a query, a get or a status needs
// without the disk, and where the disk keeps the rest. Made by space::publish(), shared by any
// number of threads, freed with its last reader.

#include "base/id.hpp"
#include "memory/concepts/concept.hpp"
#include "memory/decay.hpp"
#include "memory/index/pages.hpp"
#include "memory/index/snapshot.hpp"
#include "memory/reconsolidation_config.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace engram::memory {

/// Where the text lives: the payload of the entry that brought it (local numbers).
struct payload_ref {
  std::uint32_t origin_number = 0;
  std::uint64_t sequence = 0;
  friend auto operator<=>(const payload_ref&, const payload_ref&) = default;
};

struct space_counts {
  std::uint64_t memories = 0;     // visible versions
  std::uint64_t suppressed = 0;   // versions hidden by a suppress register
  std::uint64_t associations = 0; // explicit, ends known or not
  std::uint64_t graves = 0;
  std::uint64_t damaged = 0; // named by the state, body unreadable
  std::uint64_t memory_bytes = 0;
};

struct published {
  std::shared_ptr<const snapshot> index;
  /// By ordinal. An erased memory keeps its row and is not visible; its payload is gone.
  pages<payload_ref> payloads;
  decay_config decay;
  concept_config concepts; // what consolidation is told
  reconsolidation_config reconsolidation;
  bool share_concepts = false;
  space_counts counts;
  base::hash128 state_hash;
  /// Purges applied since the space was opened, and bodies that came for what is deleted: grows
  /// when there are bytes to be made unreadable.
  std::uint64_t purges = 0;
  /// Ascending. Known to exist, but their bodies are damaged: answer errc::damaged.
  std::shared_ptr<const std::vector<base::memory_key>> damaged;
  /// Ascending. Hidden by a suppress register; get() still shows them.
  std::shared_ptr<const std::vector<base::memory_key>> suppressed;

  bool is_suppressed(const base::memory_key& key) const;
  bool is_damaged(const base::memory_key& key) const;
};

} // namespace engram::memory

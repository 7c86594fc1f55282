#pragma once
// Makes the concepts of a space and keeps them up with it, in small steps off the write path: what
// did not change is not made again. Owner: whoever runs it, one thread at a time; a step may spread
// its work over many. Invariant: finished, its concepts are those that consolidate() makes of the
// same snapshot, bit for bit, whatever came before and however the work was cut.

#include "memory/concepts/canonical_tree.hpp"
#include "memory/concepts/concept.hpp"
#include "memory/index/pages.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace engram::memory {

/// Calls work(0) to work(count - 1), in any order, on any threads, and returns when all are done.
using parallel_for =
    std::function<void(std::size_t count, const std::function<void(std::size_t)>& work)>;

class consolidator {
public:
  explicit consolidator(const concept_config& config = {});

  /// From now on; where it differs, everything is made again.
  void configure(const concept_config& config);
  /// From now on works towards this state of the space, also when the last one was not reached.
  /// Requires: of the same index as before, and not older.
  void aim(std::shared_ptr<const snapshot> at);
  /// Does at most so many units of work: a unit is a node of the tree (at most LEAF_MAX memories
  /// compared with each other) or a look at 4,096 memories. True: nothing is left to do.
  bool step(std::size_t units, const parallel_for& run = {});

  /// Of the last snapshot that was finished; empty before the first.
  const std::shared_ptr<const concept_set>& concepts() const noexcept { return concepts_; }
  /// Bytes held, concepts included.
  std::size_t bytes() const noexcept;

private:
  bool look(std::size_t& units);
  void publish();

  concept_config config_;
  std::shared_ptr<const snapshot> at_;
  canonical_tree tree_;
  bit_pages members_;        // ordinals in the tree
  std::uint32_t looked_ = 0; // ordinals below are as at_ has them
  bool finished_ = true;
  std::shared_ptr<const concept_set> concepts_;
};

} // namespace engram::memory

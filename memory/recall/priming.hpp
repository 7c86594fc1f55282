#pragma once
// What was met a moment ago makes what hangs together with it come easier: semantic and associative
// priming over a memory's associations (Neely 1977), repetition priming of the memory itself. The
// primes are the asker's and travel with the query; nothing is kept. Pure. No primes: no work, and
// the same bits.

#include "memory/index/snapshot.hpp"
#include "memory/recall/recall_config.hpp"
#include "memory/types.hpp"

#include <vector>

namespace engram::memory {

/// By how much each memory comes easier: its activation counts (1 + boost) times.
class primed {
public:
  primed() = default;
  /// For each prime of age a,
  ///   its PRIMED_MAX strongest neighbours: priming * weight / strongest weight * 2^(-a /
  ///   half-life), half of that, again by weight, for theirs; itself: repetition * 2^(-a /
  ///   repetition half-life), all exposures repetition_most at most.
  /// A memory's boost is 1 - e^-(sum of these).
  primed(const snapshot& on, const recall_config& config, const std::vector<prime>& by,
         base::instant now);

  double boost(std::uint32_t ordinal) const;
  double most() const noexcept { return most_; }
  bool empty() const noexcept { return boosts_.empty(); }

private:
  struct entry {
    std::uint32_t ordinal;
    double boost;
  };
  std::vector<entry> boosts_; // ascending by ordinal
  double most_ = 0;
};

} // namespace engram::memory

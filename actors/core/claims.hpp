#pragma once
// What an answer claims about what it did not see: two intervals, each to hold in nine answers of
// ten. They come from imagining, many times, what full coverage may have looked like; the decision
// record on coverage claims has the model, its constants and how often it was right.
//
// Pure, + - * / sqrt only: the same sights and the same seed give the same bits.

#include "base/random.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <vector>

namespace engram::actors {

/// What one space gave to an answer, and what is known of what it did not give.
struct sight {
  bool answered = true;
  std::uint64_t seen = 0;       // memories behind its answer
  std::uint64_t lagging = 0;    // held by others, newer than what it has
  std::uint64_t damaged = 0;    // cannot be read
  std::uint64_t considered = 0; // memories that received any activation
  std::vector<double> scores; // of its hits, best first; all of them, or as many as were asked for

  bool whole() const noexcept { return answered && lagging + damaged == 0; }
};

/// Share of the full-coverage top-`limit` that is not here. Exactly nothing when all was seen,
/// everything when nothing was.
memory::interval missing_share(const std::vector<sight>& spaces, std::uint32_t limit,
                               base::random random);

/// `confidence` is what the answer gives a hit of that score in the space seen as `of`. Exact when
/// all of that was seen: spaces do not speak for each other's memories.
memory::interval confidence_at_full(double confidence, double score, const sight& of);

} // namespace engram::actors

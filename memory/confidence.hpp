#pragma once
// How sure: an algebra of intervals, and the number every hit carries. Pure, + - * / sqrt only.
//
// An interval is a point with its 90 % interval, 0 <= low <= point <= high <= 1; every function
// here keeps that, for any arguments (a NaN counts as 0).

#include "memory/types.hpp"

#include <cstdint>
#include <span>

namespace engram::memory {

interval certain(double point);
/// Half-width = min(uncertainty * point, point, 1 - point): no interval leaves [0, 1].
interval with_uncertainty(double point, double uncertainty);

// -- algebra; operands are taken as independent --

interval both(const interval& a, const interval& b);   // p q
interval either(const interval& a, const interval& b); // p + q - p q
interval opposite(const interval& a);                  // 1 - p; the ends change places

/// Bayes with another base rate: p b / (p b + (1 - p)(1 - b)). 0.5 changes nothing.
interval with_base_rate(const interval& a, double base_rate);

/// One piece of evidence: who says so, and how strongly.
struct evidence {
  std::uint64_t source = 0; // pieces of one source are not independent
  double strength = 0;      // in [0, 1]
};
/// Noisy-or over distinct sources, 1 - product (1 - s); of one source only the strongest piece
/// counts, so hearing the same again does not make it truer. Ascending by source inside, hence the
/// same bits in any order.
double combine(std::span<const evidence> pieces);

/// Wilson score interval (Wilson 1927) at 90 %: `share` of `trials` pieces of evidence spoke for
/// it. Trials may be fractional; no trial gives [0, share, 1].
interval wilson(double share, double trials);

// -- was this remembered right? --

/// What recall knows about a hit. Shares are of what a memory that matched every cue fully would
/// have had; evidence that came along associations is kept apart.
struct hit_evidence {
  double encoding = 0.9; // the episode's own confidence
  double retention = 1;
  double first_hand = 0;     // share of the possible evidence the memory carries itself, [0, 1]
  double by_association = 0; // share that only spread to it, [0, 1]
  std::uint32_t cues = 1;    // independent cues in the query
  std::uint32_t cues_matched = 0; // of these, how many speak for the memory in any way
};

/// point = encoding * (1 - (1 - retention)/2) * support, where
///   support = noisy-or(first_hand^(1/2), 0.6 by_association^(1/2)):
/// the square root because one fully matched cue of four is better than a quarter of a proof; 0.6
/// because hearsay alone never settles it. Faded memories lose half of what retention lost: what
/// faded away is found less (that is the ranking's business), and is less exact when found.
/// The interval is Wilson's with one trial of prior knowledge, one per cue matched first hand, half
/// a one per cue matched by association only.
interval hit_confidence(const hit_evidence& e);

} // namespace engram::memory

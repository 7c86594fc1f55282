#pragma once
// How likely something that activation reached comes to mind: ACT-R's retrieval probability
// (Anderson and Lebiere 1998, equation 3.7) with noise s = 1 over the logarithm of activation,
//
//     p = 1 / (1 + e^((tau - ln A) / s)) = A / (A + e^tau)
//
// Pure.

#include "base/math.hpp"

namespace engram::memory {

/// e^tau: so activated, a memory comes to mind every other time.
inline constexpr double RETRIEVAL_THRESHOLD = 0.18;

/// Of an activation that spread() gives; seeds have 1. 0 for what activation did not reach.
inline double recall_probability(base::q32 activation) {
  if (activation.raw <= 0) return 0;
  const double a = activation.to_double();
  return a / (a + RETRIEVAL_THRESHOLD);
}

} // namespace engram::memory

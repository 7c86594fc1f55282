#pragma once
// Seeded randomness with its own distributions: std's differ between standard libraries, and a seed
// must replay. Entropy is a port; only node/ implements it with the operating system's.

#include "base/hash.hpp"

#include <cstdint>

namespace engram::base {

/// xoshiro256** (Blackman, Vigna 2018), seeded through splitmix64.
class random {
public:
  explicit random(std::uint64_t seed);
  std::uint64_t next();
  /// Uniform in [0, bound). Requires: bound > 0. Unbiased (Lemire 2019).
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1) with 53 bits.
  double unit();
  bool chance(double probability) { return unit() < probability; }
  hash128 hash() { return {next(), next()}; }

private:
  std::uint64_t state_[4];
};

/// Unpredictable bits for identities, salts and keys.
class entropy {
public:
  virtual ~entropy() = default;
  virtual hash128 draw() = 0;
};

} // namespace engram::base

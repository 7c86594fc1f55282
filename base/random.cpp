#include "base/random.hpp"

#include "base/check.hpp"

#include <bit>

namespace engram::base {

namespace {

__extension__ using uint128 = unsigned __int128;

std::uint64_t splitmix(std::uint64_t& state) noexcept {
  state += 0x9E3779B97F4A7C15ull;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

} // namespace

random::random(std::uint64_t seed) {
  for (std::uint64_t& lane : state_) lane = splitmix(seed);
}

std::uint64_t random::next() {
  const std::uint64_t out = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return out;
}

std::uint64_t random::below(std::uint64_t bound) {
  CHECK(bound > 0);
  // The high half of next() * bound is uniform once the low half is not among the first
  // 2^64 mod bound values.
  uint128 product = uint128{next()} * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (static_cast<std::uint64_t>(product) < threshold) product = uint128{next()} * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double random::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

} // namespace engram::base

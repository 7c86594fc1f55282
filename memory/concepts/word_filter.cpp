#include "memory/concepts/word_filter.hpp"

#include <array>

namespace engram::memory {
namespace {

/// Keys are hashes already: two places of a word are two stretches of its bits.
std::array<std::uint32_t, 2> places(std::uint64_t key) noexcept {
  return {static_cast<std::uint32_t>(key % FILTER_BITS),
          static_cast<std::uint32_t>((key >> 40) % FILTER_BITS)};
}

} // namespace

void learn_word(std::vector<std::uint64_t>& filter, std::uint64_t key) {
  if (filter.empty()) filter.assign(FILTER_BITS / 64, 0);
  for (const std::uint32_t place : places(key))
    filter[place / 64] |= std::uint64_t{1} << (place % 64);
}

void learn_all(std::vector<std::uint64_t>& filter, const std::vector<std::uint64_t>& other) {
  if (filter.size() < other.size()) filter.resize(other.size(), 0);
  for (std::size_t i = 0; i < other.size(); ++i) filter[i] |= other[i];
}

bool knows_word(const std::vector<std::uint64_t>& filter, std::uint64_t key) noexcept {
  if (filter.size() != FILTER_BITS / 64) return false;
  for (const std::uint32_t place : places(key))
    if ((filter[place / 64] >> (place % 64) & 1) == 0) return false;
  return true;
}

} // namespace engram::memory

#include "memory/concepts/facets.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

constexpr std::uint64_t BITS_EACH = 10;
constexpr std::uint32_t PLACES = 4;

/// Of a filter of so many bits: where this word's i-th bit stands.
std::uint64_t place(std::uint64_t word, std::uint32_t i, std::uint64_t bits) noexcept {
  const auto first = static_cast<std::uint32_t>(word);
  const auto step = static_cast<std::uint32_t>(word >> 32) | 1;
  return std::uint64_t{first + i * step} * bits >> 32;
}

} // namespace

std::uint64_t in_facet(std::uint64_t key, std::uint32_t facet) noexcept {
  std::uint64_t x = key + 0x9E3779B97F4A7C15ull * (std::uint64_t{facet} + 1);
  x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93ull;
  x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93ull;
  return x ^ (x >> 32);
}

std::vector<std::uint64_t> filter_of(std::vector<std::uint64_t> words_in_facets) {
  std::sort(words_in_facets.begin(), words_in_facets.end());
  const auto end = std::unique(words_in_facets.begin(), words_in_facets.end());
  words_in_facets.erase(end, words_in_facets.end());
  std::vector<std::uint64_t> filter((words_in_facets.size() * BITS_EACH + 63) / 64, 0);
  for (const std::uint64_t word : words_in_facets)
    for (std::uint32_t i = 0; i < PLACES; ++i) {
      const std::uint64_t at = place(word, i, filter.size() * 64);
      filter[at / 64] |= std::uint64_t{1} << (at % 64);
    }
  return filter;
}

bool knows(const std::vector<std::uint64_t>& filter, std::uint64_t word_in_facet) noexcept {
  if (filter.empty()) return false;
  for (std::uint32_t i = 0; i < PLACES; ++i) {
    const std::uint64_t at = place(word_in_facet, i, filter.size() * 64);
    if ((filter[at / 64] >> (at % 64) & 1) == 0) return false;
  }
  return true;
}

} // namespace engram::memory

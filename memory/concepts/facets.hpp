#pragma once
// Which words stood together in a concept of texts. Its members, in order of time, fall into facets
// of a few each; one filter keeps which facet uses which word. What a facet uses it always knows;
// of what it does not use about one word in eighty seems known. Pure.

#include <cstdint>
#include <vector>

namespace engram::memory {

/// Members of a facet, at most: between one direction for all (a prototype) and one for each (the
/// episodes again).
inline constexpr std::uint32_t FACET_MAX = 4;

inline constexpr std::uint32_t facets_of(std::uint32_t members) noexcept {
  return (members + FACET_MAX - 1) / FACET_MAX;
}
/// Of the i-th member of so many, in order.
inline constexpr std::uint32_t facet_of(std::uint32_t i, std::uint32_t members) noexcept {
  return static_cast<std::uint32_t>(std::uint64_t{i} * facets_of(members) / members);
}

/// A word of a facet; the same for the same two only.
std::uint64_t in_facet(std::uint64_t key, std::uint32_t facet) noexcept;

/// A filter that knows these words of facets, in ten bits each.
std::vector<std::uint64_t> filter_of(std::vector<std::uint64_t> words_in_facets);
bool knows(const std::vector<std::uint64_t>& filter, std::uint64_t word_in_facet) noexcept;

} // namespace engram::memory

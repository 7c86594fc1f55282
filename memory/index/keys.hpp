#pragma once
// Keys of everything that is looked up by equality: 64-bit hashes with one fixed seed per kind, so
// a person and a tag of one name differ. Part of the engine version: changing a seed or a rule here
// changes recall.

#include "base/hash.hpp"
#include "base/id.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace engram::memory {

enum class key_kind : std::uint64_t {
  term = 1,
  person = 2,
  tag = 3,
  place = 4,
  session = 5,
  title = 6,
  named = 7, // who names the title: counted, never listed
  word = 8,
};

inline std::uint64_t key_of(key_kind kind, std::string_view canonical) noexcept {
  return base::fast_hash64(canonical, static_cast<std::uint64_t>(kind));
}

/// Hashes of words keep their lowest bit for whether the word began with a capital.
inline constexpr std::uint32_t CAPITAL_BIT = 1;

/// A name made of words (a person, a place, a title), from the hashes of its words in order. The
/// same words found inside a text give the same key, in capitals or not.
std::uint64_t key_of_words(key_kind kind, std::span<const std::uint32_t> words) noexcept;

/// Key of a title. One written with a capital is named only with a capital ("Time" is not what
/// "some time" names), one without also at the start of a sentence: they are two keys.
std::uint64_t title_key(std::span<const std::uint32_t> words, bool capital) noexcept;

/// How a memory is named inside a space: hash(space identity, client-given id).
base::memory_key memory_key_of(const base::space_id& space, std::string_view id);

} // namespace engram::memory

#include "memory/index/keys.hpp"

#include <string>

namespace engram::memory {

std::uint64_t key_of_words(key_kind kind, std::span<const std::uint32_t> words) noexcept {
  std::uint64_t hash = static_cast<std::uint64_t>(kind) * 0x9E3779B97F4A7C15ull;
  for (const std::uint32_t word : words) {
    hash = (hash ^ (word & ~CAPITAL_BIT)) * 0xD6E8FEB86659FD93ull;
    hash ^= hash >> 32;
  }
  return hash;
}

std::uint64_t title_key(std::span<const std::uint32_t> words, bool capital) noexcept {
  const std::uint64_t key = key_of_words(key_kind::title, words);
  return capital ? key * 0x9E3779B97F4A7C15ull ^ 1 : key;
}

base::memory_key memory_key_of(const base::space_id& space, std::string_view id) {
  return {base::digest128().add(space.value).add_field(id).finish()};
}

} // namespace engram::memory

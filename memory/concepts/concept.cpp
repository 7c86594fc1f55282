#include "memory/concepts/concept.hpp"

#include <algorithm>
#include <cmath>

namespace engram::memory {
namespace {

/// Places in the vector that each word adds to. More make vectors of few words more alike by
/// chance, fewer let two words fall together.
constexpr int PLACES = 2;

std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93ull;
  x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93ull;
  return x ^ (x >> 32);
}

double length(const std::vector<std::int8_t>& of) {
  std::int64_t squares = 0;
  for (const std::int8_t value : of) squares += value * value;
  return std::sqrt(static_cast<double>(squares));
}

} // namespace

concept_name name_of_concept(const base::memory_key& exemplar) {
  return {base::digest128().add_field("concept").add(exemplar.value).finish()};
}

std::vector<std::int8_t> direction_of(const std::vector<std::int64_t>& sums) {
  std::int64_t greatest = 0;
  for (const std::int64_t sum : sums) greatest = std::max(greatest, sum < 0 ? -sum : sum);
  std::vector<std::int8_t> out(sums.size(), 0);
  if (greatest == 0) return out;
  // Within 2^53, so that 254 times a sum stays in range.
  int shift = 0;
  while (greatest >> shift >= std::int64_t{1} << 53) ++shift;
  greatest >>= shift;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const std::int64_t size = (sums[i] < 0 ? -sums[i] : sums[i]) >> shift;
    const auto value = static_cast<std::int8_t>((size * 254 + greatest) / (2 * greatest));
    out[i] = sums[i] < 0 ? static_cast<std::int8_t>(-value) : value;
  }
  return out;
}

std::vector<std::int8_t> word_vector(const std::vector<concept_word>& words) {
  std::vector<std::int64_t> sums(WORD_DIMENSION, 0);
  for (const concept_word& word : words)
    for (int place = 0; place < PLACES; ++place) {
      const std::uint64_t hash = mix(word.key + static_cast<std::uint64_t>(place));
      const std::int64_t weight = word.weight;
      sums[hash % WORD_DIMENSION] += hash >> 63 ? -weight : weight;
    }
  return direction_of(sums);
}

std::int32_t cosine(const std::vector<std::int8_t>& a, const std::vector<std::int8_t>& b) {
  if (a.size() != b.size()) return 0;
  std::int64_t dot = 0;
  for (std::size_t i = 0; i < a.size(); ++i) dot += a[i] * b[i];
  const double lengths = length(a) * length(b);
  if (lengths == 0) return 0;
  return static_cast<std::int32_t>(static_cast<double>(dot) * 65536 / lengths);
}

} // namespace engram::memory

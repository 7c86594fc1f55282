#include "memory/concepts/concept.hpp"

#include "memory/concepts/directions.hpp"

#include <array>
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

void collect(const concept_record& from, std::vector<std::uint32_t>& to) {
  to.insert(to.end(), from.citations.begin(), from.citations.end());
  for (const auto& part : from.parts) collect(*part, to);
}

} // namespace

std::vector<std::uint32_t> cited(const concept_record& by) {
  std::vector<std::uint32_t> out;
  out.reserve(by.members);
  collect(by, out);
  return out;
}

concept_name name_of_concept(const base::memory_key& exemplar) {
  return {base::digest128().add_field("concept").add(exemplar.value).finish()};
}

std::vector<std::int8_t> word_vector(const std::vector<concept_word>& words) {
  std::array<std::int64_t, WORD_DIMENSION> sums{};
  for (const concept_word& word : words)
    for (int place = 0; place < PLACES; ++place) {
      const std::uint64_t hash = mix(word.key + static_cast<std::uint64_t>(place));
      const std::int64_t weight = word.weight;
      sums[hash % WORD_DIMENSION] += hash >> 63 ? -weight : weight;
    }
  return direction_of(std::span<const std::int64_t>(sums));
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

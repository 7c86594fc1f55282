#include "memory/concepts/leaf_words.hpp"

#include "memory/concepts/facets.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace engram::memory {
namespace {

/// Numbers keys in the order in which they are first seen.
class key_numbers {
public:
  explicit key_numbers(std::size_t uses)
      : slots_(std::bit_ceil(uses * 2 + 1), empty), mask_(slots_.size() - 1) {}

  std::uint32_t number(std::uint64_t key) {
    for (std::size_t at = key & mask_;; at = (at + 1) & mask_) {
      if (slots_[at] == empty) {
        slots_[at] = static_cast<std::uint32_t>(keys.size());
        keys.push_back(key);
        return slots_[at];
      }
      if (keys[slots_[at]] == key) return slots_[at];
    }
  }

  std::vector<std::uint64_t> keys;

private:
  static constexpr std::uint32_t empty = 0xFFFFFFFF;
  std::vector<std::uint32_t> slots_;
  std::size_t mask_;
};

} // namespace

leaf_words::leaf_words(const snapshot& on, std::span<const tree_entry> members,
                       std::span<const std::uint32_t> which) {
  // First all the keys, so that the memory's delays overlap.
  std::vector<std::uint64_t> keys;
  keys.reserve(which.size() * 16);
  offsets_.assign(members.size() + 1, 0);
  for (const std::uint32_t member : which) {
    const std::uint32_t ordinal = members[member].ordinal;
    const segment& s = on.segment_of(ordinal);
    const auto terms = s.terms_of(ordinal - s.first);
    for (const std::uint32_t term : terms) keys.push_back(s.keys[term]);
    offsets_[member + 1] = static_cast<std::uint32_t>(terms.size());
  }
  std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
  key_numbers numbers(keys.size());
  terms_.reserve(keys.size());
  for (const std::uint64_t key : keys) terms_.push_back(numbers.number(key));
  keys_ = std::move(numbers.keys);
  counts_.assign(keys_.size(), 0);
  weights_.assign(keys_.size(), 0);
  for (const std::uint32_t term : terms_) ++weights_[term];
  for (std::uint32_t& weight : weights_)
    weight = static_cast<std::uint32_t>(std::bit_width(which.size() / weight));
}

std::vector<concept_word> leaf_words::of(std::uint32_t member) const {
  std::vector<concept_word> out;
  for (const std::uint32_t term : terms_of(member)) out.push_back({keys_[term], weights_[term]});
  return out;
}

std::vector<concept_word> leaf_words::shared_by(std::span<const std::uint32_t> members) {
  used_.clear();
  for (const std::uint32_t member : members)
    for (const std::uint32_t term : terms_of(member))
      if (++counts_[term] == 2) used_.push_back(term);
  std::vector<concept_word> out;
  out.reserve(used_.size());
  for (const std::uint32_t term : used_)
    out.push_back({keys_[term], counts_[term] * weights_[term]});
  for (const std::uint32_t member : members)
    for (const std::uint32_t term : terms_of(member)) counts_[term] = 0;
  keep_heaviest(out);
  return out;
}

std::vector<std::uint64_t> leaf_words::by_facet(std::span<const std::uint32_t> members) const {
  const auto count = static_cast<std::uint32_t>(members.size());
  std::vector<std::uint64_t> words;
  for (std::uint32_t i = 0; i < count; ++i)
    for (const std::uint32_t term : terms_of(members[i]))
      words.push_back(in_facet(keys_[term], facet_of(i, count)));
  return filter_of(std::move(words));
}

void keep_heaviest(std::vector<concept_word>& words) {
  std::sort(words.begin(), words.end(), [](const concept_word& a, const concept_word& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.key < b.key;
  });
  if (words.size() > WORDS_KEPT) words.resize(WORDS_KEPT);
  words.shrink_to_fit();
}

} // namespace engram::memory

#pragma once
// The terms of some of a leaf's members (words, people, tags, places), and how telling each is
// among them: a term of all weighs 1, of half 2, of a quarter 3 ... (1 + floor(log2(n / n that have
// it))). Pure.

#include "memory/concepts/canonical_tree.hpp"
#include "memory/concepts/concept.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace engram::memory {

class leaf_words {
public:
  /// Of members[i] for each i of `which`, ascending; the others have no terms here.
  leaf_words(const snapshot& on, std::span<const tree_entry> members,
             std::span<const std::uint32_t> which);

  /// All terms of one member, which is given by its index into `members`.
  std::vector<concept_word> of(std::uint32_t member) const;
  /// What at least two of these members share: the heaviest WORDS_KEPT, heaviest first. A word's
  /// weight is counted once for each that has it.
  std::vector<concept_word> shared_by(std::span<const std::uint32_t> members);
  /// Which facet of them, in this order, has which word (facets.hpp).
  std::vector<std::uint64_t> by_facet(std::span<const std::uint32_t> members) const;

private:
  std::span<const std::uint32_t> terms_of(std::uint32_t member) const {
    return {terms_.data() + offsets_[member], terms_.data() + offsets_[member + 1]};
  }

  std::vector<std::uint32_t> offsets_; // members + 1, into terms_
  std::vector<std::uint32_t> terms_;   // indexes into the two below
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> weights_;
  std::vector<std::uint32_t> counts_, used_; // of one call; all zero between calls
};

/// Heaviest first, then by key; the first WORDS_KEPT.
void keep_heaviest(std::vector<concept_word>& words);

} // namespace engram::memory

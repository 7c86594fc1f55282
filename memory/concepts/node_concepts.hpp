#pragma once
// What one node of the canonical tree makes of its members: a leaf of its memories, an inner node
// of what its two children pass up. Pure, bounded, and a function of the members alone.

#include "memory/concepts/canonical_tree.hpp"
#include "memory/concepts/concept.hpp"

#include <memory>
#include <span>
#include <vector>

namespace engram::memory {

/// Groups that a node passes up, of each basis. What it finds beyond them is done.
inline constexpr std::size_t PASSED_MAX = 16;

struct node_concepts {
  using list = std::vector<std::shared_ptr<const concept_record>>;
  list passed;  // strongest first; may have fewer than members_min members
  list retired; // more than PASSED_MAX: not joined any further
};

/// The order of concepts: stronger first, then by name.
bool stronger(const concept_record& a, const concept_record& b);

node_concepts concepts_of_leaf(const snapshot& on, std::span<const std::uint32_t> ordinals,
                               const concept_config& config);
node_concepts concepts_of_both(const node_concepts& left, const node_concepts& right,
                               const concept_config& config);

} // namespace engram::memory

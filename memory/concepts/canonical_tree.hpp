#pragma once
// The path-compressed binary radix trie over be64(when) | key | content of a set of memories, cut
// where at most LEAF_MAX are left. So the same set is the same tree, whatever the order in which
// its members came and went, and one that comes or goes touches a leaf and the path to it. Each
// node keeps what was made of its members until they change. Owner and thread: its consolidator.

#include "memory/index/snapshot.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace engram::memory {

inline constexpr std::uint32_t LEAF_MAX = 256;

/// Where a memory stands: bits from the highest of words[0] on. Memories without a time come last.
/// No two are equal, since (key, content) is not.
struct tree_key {
  std::array<std::uint64_t, 5> words{};
  bool bit(int at) const noexcept { return (words[at / 64] >> (63 - at % 64) & 1) != 0; }
  friend auto operator<=>(const tree_key&, const tree_key&) = default;
};

tree_key tree_key_of(const document& memory) noexcept;

struct tree_entry {
  tree_key key;
  std::uint32_t ordinal = 0;
  friend auto operator<=>(const tree_entry&, const tree_entry&) = default;
};

/// The memories with their keys, ascending.
std::vector<tree_entry> in_tree_order(const snapshot& on, std::span<const std::uint32_t> ordinals);

struct node_concepts;

struct tree_node {
  static constexpr int leaf = -1;

  int bit = leaf; // the first at which the members differ; 0 goes left
  std::uint32_t count = 0;
  tree_key prefix; // inner: agrees with all members before `bit`
  std::array<std::unique_ptr<tree_node>, 2> children;
  std::vector<std::uint32_t> ordinals; // leaf: of the members, in no order that means anything
  std::shared_ptr<const node_concepts> memo; // nullptr: to be made

  bool is_leaf() const noexcept { return bit == leaf; }
};

class canonical_tree {
public:
  /// Requires: visible, not in the tree; readable in `on`.
  void insert(const snapshot& on, std::uint32_t ordinal);
  /// Requires: in the tree; readable in `on`, where it may be hidden.
  void erase(const snapshot& on, std::uint32_t ordinal);

  std::uint32_t size() const noexcept { return root_ ? root_->count : 0; }
  /// nullptr: no member.
  tree_node* root() noexcept { return root_.get(); }
  const tree_node* root() const noexcept { return root_.get(); }

private:
  std::unique_ptr<tree_node> root_;
};

} // namespace engram::memory

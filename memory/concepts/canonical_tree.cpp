#include "memory/concepts/canonical_tree.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <bit>

namespace engram::memory {
namespace {

using node_pointer = std::unique_ptr<tree_node>;

int first_difference(const tree_key& a, const tree_key& b) noexcept {
  for (std::size_t i = 0; i < a.words.size(); ++i)
    if (const std::uint64_t differing = a.words[i] ^ b.words[i])
      return static_cast<int>(i) * 64 + std::countl_zero(differing);
  return static_cast<int>(a.words.size()) * 64;
}

node_pointer make_leaf(std::span<const tree_entry> members) {
  auto node = std::make_unique<tree_node>();
  node->count = static_cast<std::uint32_t>(members.size());
  node->ordinals.reserve(members.size());
  for (const tree_entry& member : members) node->ordinals.push_back(member.ordinal);
  return node;
}

/// The tree by its definition. Requires: ascending members.
node_pointer build(std::span<const tree_entry> members) {
  if (members.size() <= LEAF_MAX) return make_leaf(members);
  auto node = std::make_unique<tree_node>();
  node->bit = first_difference(members.front().key, members.back().key);
  node->count = static_cast<std::uint32_t>(members.size());
  node->prefix = members.front().key;
  const auto right = std::partition_point(
      members.begin(), members.end(), [&](const tree_entry& m) { return !m.key.bit(node->bit); });
  const auto left = static_cast<std::size_t>(right - members.begin());
  node->children[0] = build(members.first(left));
  node->children[1] = build(members.subspan(left));
  return node;
}

void insert_below(node_pointer& node, const snapshot& on, const tree_key& key,
                  std::uint32_t ordinal) {
  if (node->is_leaf()) {
    node->ordinals.push_back(ordinal);
    ++node->count;
    node->memo.reset();
    if (node->count > LEAF_MAX) node = build(in_tree_order(on, node->ordinals));
    return;
  }
  const int differs = first_difference(key, node->prefix);
  if (differs >= node->bit) {
    ++node->count;
    node->memo.reset();
    insert_below(node->children[key.bit(node->bit) ? 1 : 0], on, key, ordinal);
    return;
  }
  auto above = std::make_unique<tree_node>();
  above->bit = differs;
  above->count = node->count + 1;
  above->prefix = key;
  const std::size_t side = key.bit(differs) ? 1 : 0;
  above->children[side] = make_leaf(std::array{tree_entry{key, ordinal}});
  above->children[1 - side] = std::move(node);
  node = std::move(above);
}

void gather(const tree_node& node, std::vector<std::uint32_t>& to) {
  to.insert(to.end(), node.ordinals.begin(), node.ordinals.end());
  if (node.is_leaf()) return;
  for (const node_pointer& child : node.children) gather(*child, to);
}

void erase_below(node_pointer& node, const tree_key& key, std::uint32_t ordinal) {
  --node->count;
  node->memo.reset();
  if (node->is_leaf()) {
    const auto at = std::find(node->ordinals.begin(), node->ordinals.end(), ordinal);
    CHECK(at != node->ordinals.end(), ordinal);
    *at = node->ordinals.back();
    node->ordinals.pop_back();
    return;
  }
  const std::size_t side = key.bit(node->bit) ? 1 : 0;
  erase_below(node->children[side], key, ordinal);
  if (node->count <= LEAF_MAX) {
    auto leaf = std::make_unique<tree_node>();
    leaf->count = node->count;
    gather(*node, leaf->ordinals);
    node = std::move(leaf);
  } else if (node->children[side]->count == 0) {
    node_pointer other = std::move(node->children[1 - side]);
    node = std::move(other);
  }
}

} // namespace

tree_key tree_key_of(const document& memory) noexcept {
  tree_key key;
  key.words[0] = memory.has_when ? static_cast<std::uint64_t>(memory.when_ms) ^ (1ull << 63)
                                 : ~std::uint64_t{0};
  key.words[1] = memory.key.value.high;
  key.words[2] = memory.key.value.low;
  key.words[3] = memory.content.high;
  key.words[4] = memory.content.low;
  return key;
}

std::vector<tree_entry> in_tree_order(const snapshot& on, std::span<const std::uint32_t> ordinals) {
  std::vector<tree_entry> out;
  out.reserve(ordinals.size());
  for (const std::uint32_t ordinal : ordinals)
    out.push_back({tree_key_of(on.facts(ordinal)), ordinal});
  std::sort(out.begin(), out.end());
  return out;
}

void canonical_tree::insert(const snapshot& on, std::uint32_t ordinal) {
  if (!root_) root_ = std::make_unique<tree_node>();
  insert_below(root_, on, tree_key_of(on.facts(ordinal)), ordinal);
}

void canonical_tree::erase(const snapshot& on, std::uint32_t ordinal) {
  CHECK(size() > 0, ordinal);
  erase_below(root_, tree_key_of(on.facts(ordinal)), ordinal);
  if (root_->count == 0) root_.reset();
}

} // namespace engram::memory

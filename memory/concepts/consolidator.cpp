#include "memory/concepts/consolidator.hpp"

#include "base/check.hpp"
#include "memory/concepts/node_concepts.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

constexpr std::uint32_t LOOKED_AT_ONCE = 4096;

/// Nodes to be made whose children are made, at most so many.
void find_ready(tree_node* node, std::size_t most, std::vector<tree_node*>& to) {
  if (!node || node->memo || to.size() >= most) return;
  const std::size_t before = to.size();
  if (!node->is_leaf())
    for (const auto& child : node->children) find_ready(child.get(), most, to);
  const bool children_made =
      node->is_leaf() || (node->children[0]->memo && node->children[1]->memo);
  if (to.size() == before && children_made) to.push_back(node);
}

void forget(tree_node& node) {
  node.memo.reset();
  if (node.is_leaf()) return;
  for (const auto& child : node.children) forget(*child);
}

void make(const snapshot& on, const concept_config& config, tree_node& node) {
  if (node.is_leaf()) node.ordinals.shrink_to_fit();
  node.memo = std::make_shared<const node_concepts>(
      node.is_leaf() ? concepts_of_leaf(on, node.ordinals, config)
                     : concepts_of_both(*node.children[0]->memo, *node.children[1]->memo, config));
}

void collect_retired(const tree_node& node, node_concepts::list& to) {
  to.insert(to.end(), node.memo->retired.begin(), node.memo->retired.end());
  if (node.is_leaf()) return;
  for (const auto& child : node.children) collect_retired(*child, to);
}

/// With its parts, which belong to it alone.
std::size_t bytes_of(const concept_record& record) {
  std::size_t bytes = sizeof(record) + 16; // its reference counts
  bytes += record.centroid.capacity() + record.words.capacity() * sizeof(concept_word);
  bytes += record.citations.capacity() * sizeof(std::uint32_t);
  bytes += record.parts.capacity() * sizeof(record.parts[0]);
  bytes += record.facets.capacity() * sizeof(std::uint64_t);
  for (const auto& part : record.parts) bytes += bytes_of(*part);
  return bytes;
}

std::size_t bytes_of(const tree_node& node) {
  std::size_t bytes = sizeof(node) + node.ordinals.capacity() * sizeof(std::uint32_t);
  if (node.memo)
    bytes += sizeof(node_concepts) +
             (node.memo->passed.capacity() + node.memo->retired.capacity()) * sizeof(void*) * 2;
  if (!node.is_leaf())
    for (const auto& child : node.children) bytes += bytes_of(*child);
  return bytes;
}

} // namespace

consolidator::consolidator(const concept_config& config)
    : config_(config), concepts_(std::make_shared<const concept_set>()) {}

void consolidator::configure(const concept_config& config) {
  if (config == config_) return;
  config_ = config;
  if (tree_.root()) forget(*tree_.root());
  finished_ = at_ == nullptr;
}

void consolidator::aim(std::shared_ptr<const snapshot> at) {
  CHECK(at != nullptr);
  if (at == at_) return;
  at_ = std::move(at);
  looked_ = 0;
  finished_ = false;
}

bool consolidator::look(std::size_t& units) {
  while (units > 0 && looked_ < at_->size()) {
    const std::uint32_t end = std::min(at_->size(), looked_ + LOOKED_AT_ONCE);
    for (; looked_ < end; ++looked_) {
      const bool visible = at_->visible(looked_);
      if (visible == members_.test(looked_)) continue;
      members_.set(looked_, visible);
      visible ? tree_.insert(*at_, looked_) : tree_.erase(*at_, looked_);
    }
    --units;
  }
  return looked_ == at_->size();
}

bool consolidator::step(std::size_t units, const parallel_for& run) {
  if (finished_) return true;
  if (!look(units)) return false;
  std::vector<tree_node*> ready;
  while (units > 0 && tree_.root() && !tree_.root()->memo) {
    ready.clear();
    find_ready(tree_.root(), units, ready);
    const auto work = [&](std::size_t i) { make(*at_, config_, *ready[i]); };
    if (run)
      run(ready.size(), work);
    else
      for (std::size_t i = 0; i < ready.size(); ++i) work(i);
    units -= ready.size();
  }
  if (tree_.root() && !tree_.root()->memo) return false;
  publish();
  return true;
}

void consolidator::publish() {
  auto made = std::make_shared<concept_set>();
  if (const tree_node* root = tree_.root()) {
    collect_retired(*root, made->concepts);
    for (const auto& record : root->memo->passed)
      if (record->members >= config_.members_min) made->concepts.push_back(record);
  }
  std::sort(made->concepts.begin(), made->concepts.end(),
            [](const auto& a, const auto& b) { return stronger(*a, *b); });
  base::digest128 signature;
  signature.add_field("concepts");
  for (const auto& record : made->concepts) signature.add(record->name.value).add(record->version);
  made->signature = signature.finish();
  concepts_ = std::move(made);
  finished_ = true;
}

std::size_t consolidator::bytes() const noexcept {
  return sizeof(*this) + concepts_->bytes() + (tree_.root() ? bytes_of(*tree_.root()) : 0);
}

std::size_t concept_set::bytes() const noexcept {
  std::size_t bytes = sizeof(*this) + concepts.capacity() * sizeof(concepts[0]);
  for (const auto& record : concepts) bytes += bytes_of(*record);
  return bytes;
}

concept_set consolidate(const snapshot& on, const concept_config& config) {
  consolidator all(config);
  all.aim(std::shared_ptr<const snapshot>(std::shared_ptr<const snapshot>(), &on));
  while (!all.step(SIZE_MAX)) {
  }
  return *all.concepts();
}

} // namespace engram::memory

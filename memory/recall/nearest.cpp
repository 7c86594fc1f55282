#include "memory/recall/nearest.hpp"

#include "memory/vector/exact_index.hpp"

namespace engram::memory {

std::vector<vector_hit> nearest(const snapshot& on, const embedding& probe, std::size_t limit) {
  exact_index::blocks blocks;
  for (const auto& s : on.segments())
    if (!s->vectors.empty()) blocks.push_back(std::shared_ptr<const vector_block>(s, &s->vectors));
  if (blocks.empty()) return {};
  const exact_index all(blocks.front()->dimension(), blocks);
  search_rules rules;
  rules.visible = [&on](std::uint32_t ordinal) { return on.visible(ordinal); };
  rules.before = [&on](std::uint32_t a, std::uint32_t b) { return on.before(a, b); };
  auto found = all.search(probe, limit, rules);
  return found ? *std::move(found) : std::vector<vector_hit>{};
}

} // namespace engram::memory

// Concepts on a simulated member: made from what its copies hold, shared by gossip.

#include "actors/concepts/consolidated.hpp"
#include "tests/simulation/cluster_node.hpp"

#include <utility>

namespace engram::simulation {

namespace {

/// Consolidated when it was not written to for a moment, and now and then where it always is.
constexpr base::duration calm{1'500}, patience{60'000};

std::uint64_t covered_by(const actors::version_vector& applied) {
  std::uint64_t out = 0;
  for (const auto& [origin, sequence] : applied.rows()) out += sequence;
  return out;
}

} // namespace

void cluster_node::look_at_concepts() {
  for (auto& [space, which] : copies_) {
    if (!which.part || !which.readable || !router_.find(space).placed.holds(self_)) continue;
    const bool is_new = !which.published || which.consolidated_at != which.view->applied;
    if (!is_new) {
      sheets_.confirm(space, *which.published, steady_ + skew_);
      continue;
    }
    if (std::exchange(which.seen_at, which.view->applied) != which.view->applied)
      which.calm_since = steady_;
    if (steady_ - which.calm_since >= calm || steady_ >= which.consolidate_next) consolidate(which);
  }
  carry_out(sheets_.tick(steady_ + skew_));
}

void cluster_node::consolidate(copy& which) {
  if (!which.engine) which.engine = std::make_unique<memory::consolidator>();
  which.engine->aim(which.view->state->index);
  while (!which.engine->step(1'000)) {
  }
  which.consolidate_next = steady_ + patience;
  which.consolidated_at = which.view->applied;
  auto made = actors::make_consolidated(which.engine->concepts(), which.space,
                                        which.view->state->counts.memories);
  if (with_.planted.consolidate_by_ordinals && which.view->state->counts.memories > 1)
    made.content.low ^= which.view->state->index->before(0, 1);
  const auto& core = core_of(which.space);
  if (!core.is_distrusted() && core.is_comparable())
    with_.world.consolidated(self_, which.space, core.digest(), made.content);
  which.published = sheets_.publish(which.space, covered_by(which.consolidated_at),
                                    actors::records_of(made), steady_ + skew_);
}

void cluster_node::hear_sheet(const base::store_id& from,
                              const membership::sheet_message::any& what, base::instant steady) {
  tell_time(steady);
  if (!reopen_) carry_out(sheets_.step(from, what, steady_ + skew_));
}

void cluster_node::carry_out(const membership::concept_gossip::effects& effects) {
  for (const auto& [to, what] : effects.sends)
    with_.world.sheet(self_, to, std::make_shared<const membership::sheet_message::any>(what));
}

} // namespace engram::simulation

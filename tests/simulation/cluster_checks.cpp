// What must hold: at every step, and at the end when all have to agree.

#include "tests/simulation/cluster_slot.hpp"
#include "tests/simulation/trace.hpp"

#include <algorithm>

namespace engram::simulation {

// -- what must hold -----------------------------------------------------------------------------

void cluster_world::applied(const base::store_id& by, const storage::entry_header& entry) {
  if (!issued_.contains(entry.operation))
    fail("an entry appears that nobody wrote at " + std::to_string(index(by).index));
}

void cluster_world::deleted(const base::store_id& by, const base::space_id& space,
                            const std::string& id) {
  index(by).graves.emplace_back(space, id);
}

void cluster_world::stood_at(const base::store_id& who, const base::space_id& space,
                             std::uint64_t digest, const base::hash128& state) {
  const auto [found, fresh] = states_.emplace(std::pair{space, digest}, state);
  if (options_.trace)
    trace(std::to_string(index(who).index) + " stands " + space.hex().substr(0, 4) + " " +
          std::to_string(digest % 100'000) + " " + state.hex().substr(0, 4));
  if (!fresh && found->second != state)
    fail("equal vectors, other state at " + std::to_string(index(who).index));
}

void cluster_world::consolidated(const base::store_id& who, const base::space_id& space,
                                 std::uint64_t digest, const base::hash128& concepts) {
  ++tally_.consolidated;
  const auto [found, fresh] = concepts_.emplace(std::pair{space, digest}, concepts);
  if (!fresh && found->second != concepts)
    fail("equal vectors, other concepts at " + std::to_string(index(who).index));
}

void cluster_world::copies_held(std::uint64_t write, const std::vector<base::store_id>& holders) {
  if (holders.size() < 2) fail("acknowledged without a quorum");
  if (write >= writes_.size()) return; // a delete
  ++tally_.acknowledged;
  auto& done = writes_[write];
  done.acknowledged = true;
  done.acknowledged_at = now_;
  done.holders.clear();
  for (const auto& id : holders)
    if (index(id).since < done.at) done.holders.emplace_back(index(id).index, index(id).generation);
}

/// One of the newest writes, against what an answer of this copy would say of its age.
void cluster_world::check_claim(const slot& who) {
  constexpr std::size_t newest = 50;
  constexpr base::duration slack{200}; // clocks drift
  if (writes_.empty() || who.node->wants_reopening()) return;
  const auto& about = writes_[writes_.size() - 1 - random_.below(std::min(newest, writes_.size()))];
  if (!about.acknowledged || about.deleted || now_ - about.acknowledged_at < actors::fresh_for)
    return;
  const auto* copy = who.node->find(about.space);
  if (copy == nullptr || !copy->readable) return;
  const auto route = who.node->route_to(about.space);
  if (!route.placed.holds(who.id) || !is_promised(about, route)) return;
  const auto old = std::max(who.node->stale(*copy), actors::fresh_for);
  if (about.acknowledged_at + old + slack > now_) return;
  ++tally_.claims;
  if (!cluster_node::shows(*copy, about.id))
    fail("a copy said to be " + std::to_string(old.count()) + " ms old lacks " + about.id);
}

/// One thing that this disk was seen to have deleted.
void cluster_world::check(slot& who) {
  if (who.graves.empty()) return;
  const auto& [space, id] = who.graves[random_.below(who.graves.size())];
  const auto* copy = who.node->find(space);
  if (copy == nullptr || who.node->core_of(space).is_distrusted() || who.node->wants_reopening())
    return;
  if (cluster_node::shows(*copy, id))
    fail("a deleted memory came back at " + std::to_string(who.index) + ": " + id);
}

/// Empty: all members agree about all.
std::string cluster_world::disagreement() const {
  const slot* first = nullptr;
  std::size_t running = 0;
  for (const auto& who : slots_) running += who->node && !who->left;
  for (const auto& who : slots_) {
    const auto name = "member " + std::to_string(who->index);
    if ((who->left || who->retiring) && !who->gone) return name + " has not handed over";
    if (!who->node) continue;
    if (who->node->directory().retired(who->id)) return name + " is retired and still here";
    if (who->node->wants_reopening()) return name + " is being opened";
    std::size_t alive = 0;
    for (const auto& m : who->node->swim().members()) {
      const auto& about = index(m.id);
      if (m.state != membership::member_state::alive) continue;
      if (!about.node || about.left) return name + " holds a member that is gone for alive";
      ++alive;
    }
    if (alive != running)
      return name + " holds " + std::to_string(running - alive) + " live members for dead";
    for (const auto& other : slots_)
      if (other->given_up && !who->node->directory().retired(other->id))
        return name + " waits for one that is dead for good";
    if (first == nullptr) first = who.get();
    const auto& names = membership::directory_identity();
    if (!(who->node->core_of(names).held() == first->node->core_of(names).held()) ||
        who->node->directory().state_hash() != first->node->directory().state_hash())
      return name + " has another directory";
    for (const auto& [space, copy] : who->node->copies())
      if (copy.part && who->node->directory().dropped(space))
        return name + " holds a space that was dropped";
  }
  for (const auto& row : first->node->directory().resolvable())
    if (auto why = space_disagreement(row); !why.empty()) return row.what.name + ": " + why;
  return sheet_disagreement();
}

/// Replicas have made theirs of all they hold, and everybody has the same.
std::string cluster_world::sheet_disagreement() const {
  const cluster_node* first = nullptr;
  for (const auto& who : slots_) {
    if (!who->node) continue;
    const auto name = "member " + std::to_string(who->index);
    const auto& node = *who->node;
    for (const auto& [space, copy] : node.copies())
      if (copy.part && node.route_to(space).placed.holds(who->id) &&
          !(copy.published && copy.consolidated_at == copy.view->applied))
        return name + " has concepts to make";
    for (const auto& held : node.sheets().all())
      if (node.directory().dropped(held->head.space))
        return name + " keeps the sheet of a space that was dropped";
    if (first == nullptr) first = &node;
    for (const auto& row : node.directory().resolvable()) {
      const auto mine = node.sheets().find(row.identity);
      const auto firsts = first->sheets().find(row.identity);
      if ((mine == nullptr) != (firsts == nullptr) ||
          (mine != nullptr && mine->head.version != firsts->head.version))
        return name + " has another sheet of " + row.what.name;
    }
  }
  return {};
}

std::string cluster_world::space_disagreement(const membership::space_row& row) const {
  const cluster_node::copy* first = nullptr;
  const storage::log_vector* held = nullptr;
  for (const auto& who : slots_) {
    if (!who->node) continue;
    const auto name = "member " + std::to_string(who->index);
    const auto* copy = who->node->find(row.identity);
    const bool placed = who->node->route_to(row.identity).placed.holds(who->id);
    if (copy != nullptr && !placed && who->node->must_keep(row.identity)) continue;
    if (placed != (copy != nullptr)) return name + (placed ? " lacks its copy" : " keeps a stray");
    if (copy == nullptr) continue;
    const auto& core = who->node->core_of(row.identity);
    if (core.is_distrusted()) return name + " has a copy that is not trusted";
    if (!copy->readable) return name + " has a copy that may not be read";
    if (first == nullptr) first = copy, held = &core.held();
    if (!(core.held() == *held))
      return name + " holds" + simulation::describe(core.held()) + ", others" +
             simulation::describe(*held);
    if (who->node->state_of(*copy) != copy->part->space().hash() ||
        copy->part->space().hash() != first->part->space().hash())
      return name + " has another state";
  }
  return {};
}

void cluster_world::check_end() {
  for (const auto& done : writes_) {
    if (!done.acknowledged || done.deleted) continue;
    const bool kept = std::any_of(done.holders.begin(), done.holders.end(), [&](const auto& h) {
      return slots_[h.first]->generation == h.second;
    });
    if (!kept) continue;
    for (const auto& who : slots_) {
      if (!who->node || !who->node->route_to(done.space).placed.holds(who->id)) continue;
      const auto* copy = who->node->find(done.space);
      if (copy != nullptr && !cluster_node::shows(*copy, done.id))
        fail("acknowledged write lost: " + done.id + " at " + std::to_string(who->index));
    }
  }
}

/// Sent however often, an item is there once.
void cluster_world::check_streams() {
  constexpr std::uint64_t attempts = 8;
  for (std::size_t number = 0; number < streams_.size(); ++number) {
    const auto& mine = streams_[number];
    if (!mine.space) continue;
    for (const auto& who : slots_) {
      const auto* copy = who->node ? who->node->find(*mine.space) : nullptr;
      if (copy == nullptr) continue;
      for (std::uint64_t item = 1; item <= mine.items.size(); ++item) {
        int shown = 0;
        for (std::uint64_t attempt = 1; attempt <= attempts; ++attempt)
          shown += cluster_node::shows(*copy, item_id(number, item, attempt));
        if (shown > 1) fail("a stream's item took effect twice: " + item_id(number, item, 1));
      }
    }
  }
}

} // namespace engram::simulation

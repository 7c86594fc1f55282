// A member of the simulated cluster opens its spaces.

#include "tests/simulation/cluster_node.hpp"

#include "base/check.hpp"
#include "storage/recovery.hpp"

#include <algorithm>

namespace engram::simulation {

using namespace storage; // NOLINT: the node speaks of little else

// -- opening ------------------------------------------------------------------------------------

cluster_node::copy& cluster_node::open_space(const base::space_id& space,
                                             std::optional<memory::space_config> config) {
  auto& which = copies_[space];
  which = {};
  which.space = space;
  which.config = std::move(config);
  which.number = runs_->add_space(space, {}, log_->notes());
  by_number_[which.number] = space;
  auto tail = restore_log(which);
  bool damaged = false;
  if (which.config)
    damaged = !load_memory(which);
  else
    load_directory(which);
  if (which.part) carry_out(which, which.part->step_opened());
  apply(which, std::move(tail));
  replicas_->opened(space, which.view ? which.view->applied : actors::version_vector{}, damaged);
  busy_until_ = steady_ + busy;
  return which;
}

/// Its log as the disk has it, told to whom it concerns. What is to be applied again.
std::vector<tail_entry> cluster_node::restore_log(copy& which) {
  const auto rows = read_vector(with_.disk, which.number);
  CHECK((rows.has_value() && rows->is_complete));
  log_vector held;
  for (const auto& row : rows->rows) {
    log_->restore(which.number, row.origin, row.applied, row.running);
    held.raise(runs_->runs().at(row.origin).origin, {row.applied, row.running});
  }
  std::vector<std::uint32_t> origins;
  for (const auto& [origin, run] : runs_->runs()) origins.push_back(origin);
  std::vector<tail_entry> tail;
  const auto lost = read_tail(with_.disk, which.number, origins, rows->rows,
                              [&](tail_entry entry) { tail.push_back(std::move(entry)); });
  CHECK((lost.has_value() && lost->empty()));
  for (const auto& entry : tail) {
    log_->replayed(which.number, entry.origin, entry.header);
    held.raise(entry.header.origin, {entry.header.sequence, entry.header.running});
  }
  replicas_->restored(which.number, which.space, held,
                      runs_->is_marked(which.number, catalog::mark_filling));
  return tail;
}

/// False: not all of it could be read.
bool cluster_node::load_memory(copy& which) {
  auto state = std::make_unique<memory::space>(*which.config);
  state_reader reader{with_.disk, which.number};
  bool damaged = false;
  for (;;) {
    auto some = reader.next(1000);
    CHECK(some.has_value());
    damaged = damaged || !some->damage.empty();
    if (some->items.empty()) break;
    std::vector<memory::stored_item> items;
    for (auto& item : some->items)
      items.push_back({std::move(item.key), std::move(item.value), std::move(item.payload)});
    state->take(*memory::space::stage(std::move(items), *which.config, with_.words));
  }
  damaged = !state->finish_load().clean() || damaged;
  actors::version_vector applied;
  const auto stands = read_vector(with_.disk, which.number);
  for (const auto& row : stands->rows)
    applied.raise(runs_->runs().at(row.origin).origin, row.applied);
  which.part = std::make_unique<actors::partition>(std::move(state), which.number,
                                                   std::move(applied), runs_->self().origin);
  return !damaged;
}

void cluster_node::load_directory(copy& which) {
  state_reader reader{with_.disk, which.number};
  directory_ = {};
  for (;;) {
    const auto some = reader.next(1000);
    CHECK(some.has_value());
    if (some->items.empty()) break;
    for (const auto& item : some->items) CHECK(directory_.load(item.key, item.value).has_value());
  }
}

} // namespace engram::simulation

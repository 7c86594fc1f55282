// A member of the simulated cluster opens its spaces.

#include "tests/simulation/cluster_node.hpp"

#include "base/check.hpp"
#include "storage/recovery.hpp"

#include <algorithm>

namespace engram::simulation {

using namespace storage; // NOLINT: the node speaks of little else

namespace {

replicator_settings settings_of(const base::space_id& space) {
  replicator_settings out;
  out.give = {base::duration{10'000}, 20'000};
  out.chunk_bytes = 20'000;
  out.snapshot_patience = base::duration{5'000};
  out.watch = {base::duration{2'000}, base::duration{20'000}, base::duration{30'000},
               base::duration{5'000}, space != membership::directory_identity()};
  return out;
}

} // namespace

// -- opening ------------------------------------------------------------------------------------

cluster_node::copy& cluster_node::open_space(const base::space_id& space,
                                             std::optional<memory::space_config> config) {
  auto& which = copies_[space];
  which = {};
  which.space = space;
  which.config = std::move(config);
  which.number = runs_->add_space(space, {}, log_->notes());
  which.core = std::make_unique<replicator>(
      replicator::parts{self_, space, which.number, with_.disk, *this, with_.entropy},
      settings_of(space));
  by_number_[which.number] = space;
  const auto rows = read_vector(with_.disk, which.number);
  CHECK((rows.has_value() && rows->is_complete));
  if (which.config)
    load_memory(which);
  else
    load_directory(which);
  restore_rows(which, rows->rows);
  replay(which);
  if (which.part) carry_out(which, which.part->step_opened());
  which.placement = placement_of(space);
  which.core->placed(which.placement);
  for (const auto& [id, state] : members_)
    if (is_placed(which.placement, id))
      send(id, message::vector{space, which.core->held(), true, which.core->is_stray()});
  busy_until_ = steady_ + busy;
  return which;
}

void cluster_node::load_memory(copy& which) {
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
  if (!state->finish_load().clean() || damaged) which.core->distrust();
  actors::version_vector applied;
  const auto stands = read_vector(with_.disk, which.number);
  for (const auto& row : stands->rows)
    applied.raise(runs_->runs().at(row.origin).origin, row.applied);
  which.part = std::make_unique<actors::partition>(std::move(state), which.number,
                                                   std::move(applied), runs_->self().origin);
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

void cluster_node::restore_rows(copy& which, const std::vector<vector_row>& rows) {
  for (const auto& row : rows) {
    log_->restore(which.number, row.origin, row.applied, row.running);
    which.core->restore(runs_->runs().at(row.origin).origin, {row.applied, row.running});
  }
}

void cluster_node::replay(copy& which) {
  for (const auto& [origin, run] : runs_->runs()) {
    const message::pull all{which.space, run.origin, which.core->held().at(run.origin) + 1,
                            ~0ull >> 1, false};
    const auto tail = answer_pull(with_.disk, {which.number, origin}, all, ~0ull >> 1);
    CHECK(tail.has_value());
    std::vector<entry_header> headers;
    for (const auto& item : tail->items) {
      log_->replayed(which.number, origin, item.header);
      which.core->restore(run.origin, {item.header.sequence, item.header.running});
      headers.push_back(item.header);
    }
    apply(which, origin, headers, {});
  }
}

} // namespace engram::simulation

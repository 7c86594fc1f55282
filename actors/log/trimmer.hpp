#pragma once
// Cuts the logs back to their recent tail (storage/trim.hpp), now and then and off every hot path:
// when enough was written since the last time, one job on the compute pool reads what may go, and
// the log writer erases it with its next batch. Owner: node_core; tick() from one thread.
//
// Invariant: at most one job at a time; nothing above a durable vector goes, and nothing that
// another replica may still have to pull.

#include "actors/compute_pool.hpp"
#include "actors/log/log_thread.hpp"
#include "actors/node_core.hpp"

namespace engram::actors {

class trimmer {
public:
  /// How far each row's log may go; nothing: not now. May block.
  using floors_source = std::function<std::optional<std::vector<storage::trim_floors>>(
      const base::space_id&, const std::vector<storage::vector_row>&)>;

  trimmer(const storage::store& store, log_thread& log, compute_pool& pool,
          const base::clock& clock, base::registry& registry, trim_rules how, floors_source floors);

  void tick();

private:
  void run();
  base::result<void> trim_space(const base::space_id& space, const storage::trim_limits& limits);
  base::result<void> trim_log(const storage::vector_row& row, const storage::trim_limits& limits);

  const storage::store& store_;
  log_thread& log_;
  compute_pool& pool_;
  const base::clock& clock_;
  trim_rules how_;
  floors_source floors_;
  std::atomic<bool> running_{false};
  std::chrono::nanoseconds last_{0};
  std::uint64_t written_then_ = 0;
  base::counter& entries_;
  base::counter& bytes_;
  base::counter& failures_;
};

} // namespace engram::actors

#include "actors/log/trimmer.hpp"

#include "membership/directory.hpp"
#include "storage/recovery.hpp"

#include <algorithm>

namespace engram::actors {

trimmer::trimmer(const storage::store& store, log_thread& log, compute_pool& pool,
                 const base::clock& clock, base::registry& registry, trim_rules how,
                 floors_source floors)
    : store_(store), log_(log), pool_(pool), clock_(clock), how_(how), floors_(std::move(floors)),
      entries_(registry.add_counter("engram_actors_trimmed_entries_total",
                                    "Entries cut from the beginning of logs")),
      bytes_(registry.add_counter("engram_actors_trimmed_bytes_total",
                                  "Bytes of entries cut from the beginning of logs")),
      failures_(registry.add_counter("engram_actors_trim_failures_total",
                                     "Logs that could not be read to be trimmed")) {}

void trimmer::tick() {
  const auto now = clock_.monotonic();
  const auto written = log_.bytes_written();
  if (now - last_ < how_.interval || written - written_then_ < how_.written_min) return;
  if (running_.exchange(true)) return;
  last_ = now;
  written_then_ = written;
  if (!pool_.submit_admitted([this] { run(); })) running_ = false;
}

/// A log may hold a tenth of the data before even its young entries go. The directory's stays
/// whole: it is small, and what damage takes of the directory is made again from it.
void trimmer::run() {
  auto limits = how_.limits;
  if (const auto stats = store_.stats())
    limits.bytes_max = std::max(limits.keep_bytes, stats->bytes_on_disk / 10);
  for (const auto& space : log_.kept_spaces())
    if (space != membership::directory_identity() && !trim_space(space, limits)) failures_.add();
  running_ = false;
}

/// Beyond the bound what only a laggard lacks goes as well: it takes a snapshot.
base::result<void> trimmer::trim_space(const base::space_id& space,
                                       const storage::trim_limits& limits) {
  TRY_ASSIGN(const auto vector, storage::read_vector(store_, log_.number_of(space)));
  const auto floors = floors_(space, vector.rows);
  if (!floors) return base::success();
  const storage::trim_limits bound{limits.bytes_max, base::duration{0}, limits.bytes_max,
                                   limits.batch_entries_max};
  for (std::size_t i = 0; i < vector.rows.size(); ++i) {
    auto row = vector.rows[i];
    row.applied = (*floors)[i].normal;
    TRY(trim_log(row, limits));
    row.applied = (*floors)[i].forced;
    if (row.applied > (*floors)[i].normal) TRY(trim_log(row, bound));
  }
  return base::success();
}

base::result<void> trimmer::trim_log(const storage::vector_row& row,
                                     const storage::trim_limits& limits) {
  storage::trimmed done;
  do {
    storage::batch changes;
    TRY_ASSIGN(done, storage::trim_log(store_, row, limits, clock_.wall(), changes));
    entries_.add(done.headers);
    bytes_.add(done.bytes);
    if (!changes.empty()) TRY(log_.note(changes)); // written before the next look at the log
  } while (done.more);
  return base::success();
}

} // namespace engram::actors

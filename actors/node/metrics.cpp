#include "actors/node/metrics.hpp"

namespace engram::actors {

node_metrics::node_metrics(base::registry& r)
    : write_us(r.add_histogram("engram_actors_write_microseconds", "Writes, until answered")),
      read_us(r.add_histogram("engram_actors_read_microseconds", "Reads, until answered")),
      items_stored(r.add_counter("engram_actors_items_stored_total", "Operations made durable")),
      items_known(
          r.add_counter("engram_actors_items_known_total", "Operations that were there already")),
      reinforced(
          r.add_counter("engram_actors_reinforcements_total", "Recalls counted as accesses")),
      reinforcements_dropped(r.add_counter("engram_actors_reinforcements_dropped_total",
                                           "Recalls not counted, for lack of room")),
      spaces_open(r.add_gauge("engram_actors_open_spaces", "Spaces held in memory")),
      memories(r.add_gauge("engram_actors_memories", "Visible memories of open spaces")),
      memory_bytes(r.add_gauge("engram_actors_memory_bytes", "Bytes held by open spaces")),
      damaged(r.add_gauge("engram_actors_damaged_memories",
                          "Memories of open spaces that the disk no longer gives back")),
      requests_under_way(r.add_gauge("engram_actors_requests", "Requests under way")) {
  for (const auto& row : base::error_table())
    if (row.code != base::errc::ok)
      refused_.emplace(row.code,
                       &r.add_counter("engram_actors_errors_total", "Requests and items refused",
                                      "code=\"" + std::string(row.name) + "\""));
}

void node_metrics::refused(const base::error& why) {
  refused_.at(base::info(why.code).code)->add();
}

void node_metrics::wrote(const base::result<write_reply>& got, std::chrono::nanoseconds took) {
  write_us.record_us(static_cast<std::uint64_t>(took.count() / 1000));
  if (!got) return refused(got.error());
  for (const auto& item : got->items) {
    if (!item)
      refused(item.error());
    else
      (item->known ? items_known : items_stored).add();
  }
}

} // namespace engram::actors

#pragma once
// What a node counts about its requests. Any thread.

#include "actors/service/writes.hpp"
#include "base/counters.hpp"

#include <map>

namespace engram::actors {

struct node_metrics {
  explicit node_metrics(base::registry& registry);

  /// One per failed request or refused item, by code.
  void refused(const base::error& why);
  void wrote(const base::result<write_reply>& got, std::chrono::nanoseconds took);

  base::histogram& write_us;
  base::histogram& read_us;
  base::counter& items_stored;
  base::counter& items_known;
  base::counter& reinforced;
  base::counter& reinforcements_dropped;
  base::gauge& spaces_open;
  base::gauge& memories;
  base::gauge& memory_bytes;
  base::gauge& damaged;
  base::gauge& requests_under_way;

private:
  std::map<base::errc, base::counter*> refused_;
};

} // namespace engram::actors

#pragma once
// Watches of spaces that lie here: each looks at what came since its cursor, else waits until its
// slot has news or its time is over. A watch costs a waiting callback, nothing is kept for a slow
// reader. Any thread.

#include "actors/compute_pool.hpp"
#include "actors/core/exchange.hpp"
#include "actors/events/watching.hpp"
#include "actors/space/space_slot.hpp"
#include "base/random.hpp"

namespace engram::actors {

class watch_host {
public:
  struct parts {
    const storage::store& store;
    compute_pool& pool;
    const base::clock& clock;
    base::entropy& entropy; // any thread
    run_numbers runs;
  };
  explicit watch_host(parts with) : with_(std::move(with)) {}

  /// A watch_ask, of a space that lies here and serves.
  void take(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what, reply<answer> done);

private:
  struct run;
  void look_soon(const std::shared_ptr<run>& of);
  void look(const std::shared_ptr<run>& of);

  const parts with_;
};

} // namespace engram::actors

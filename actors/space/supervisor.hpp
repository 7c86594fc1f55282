#pragma once
// Which spaces are open: opens them on first use, reopens what crashed within its budget, parks
// what fails again, closes the unused above the node's budget. Behind it an actor that carries out
// what core/space_keeper decides; here, the way in for other threads.
//
// Invariant: at most one partition per space at any time, and none while its space is being read.

#include "actors/space/open_space.hpp"
#include "actors/space/partition_host.hpp"

#include <memory>
#include <optional>
#include <string>

namespace engram::actors {

class supervisor {
public:
  struct config {
    std::uint32_t actor_threads = 2;
    keeper_rules rules;
    copies_port& copies;
    std::function<void(std::shared_ptr<space_slot>)> on_open; // on an actor's thread
  };
  supervisor(storage::store& store, log_thread& log, compute_pool& pool, const base::clock& clock,
             base::registry& registry, apply_probe probe, config how);
  ~supervisor();

  // Thread: any.
  /// `unavailable`, `space_parked` with what parked it, or why it could not be opened.
  void want(memory::space_config space, reply<std::shared_ptr<space_slot>> done);
  /// nullptr when it is not open.
  std::shared_ptr<space_slot> find(const base::space_id& space) const;
  std::vector<std::shared_ptr<space_slot>> open_slots() const;
  std::optional<base::error> parked(const base::space_id& space) const;
  /// The directory has dropped it: closes it and erases what it kept.
  void drop(const base::space_id& space, reply<void> done);
  /// Closes the space, does `work` on a thread that may wait, opens it again. Nothing when it is
  /// not open.
  void exchange_copy(const base::space_id& space, std::function<void()> work);
  /// The same, but opens it when it is wanted only.
  void close_for(const base::space_id& space, std::function<void()> work);
  void tick();
  /// Closes every space when its pending writes are done; refuses to open more. Blocks.
  void stop();

  struct state;

private:
  std::unique_ptr<state> state_;
};

} // namespace engram::actors

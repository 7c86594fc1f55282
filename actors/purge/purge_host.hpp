#pragma once
// A replica's side of a purge: says what is left to be purged, and makes unreadable what was
// erased. On a thread of its own, made at first use, for both read all bodies of a space. Owner:
// node. Any thread may call.
//
// Invariant: a space whose copy has applied a purge is rewritten without being asked; a purge is
// confirmed only after its rewrite.

#include "actors/compute_pool.hpp"
#include "actors/core/exchange.hpp"
#include "actors/log/log_thread.hpp"
#include "actors/space/space_slot.hpp"

#include <map>
#include <unordered_set>

namespace engram::actors {

class purge_host {
public:
  struct parts {
    storage::store& store;
    log_thread& log;
    base::registry& registry;
    std::function<std::vector<std::shared_ptr<space_slot>>()> open_slots;
  };
  explicit purge_host(parts with);
  ~purge_host() { stop(); }

  /// A purge_ask, of a space that lies here.
  void take(std::shared_ptr<space_slot> slot, std::shared_ptr<ask> what, reply<answer> done);
  void tick();
  /// Runs no more. Jobs that wait are answered.
  void stop();

private:
  struct bodies; // what one pass over a space's payloads found
  base::result<void> queue(std::function<void()> work);
  base::result<purge_reply> carry_out(const space_slot& slot, const purge_ask& what);
  base::result<bodies> look(const space_slot& slot, const memory::purge_cover* cover);
  base::result<void> rewrite(const space_slot& slot,
                             const std::unordered_set<base::memory_key>& purged);

  const parts with_;
  std::mutex mutex_;
  std::unique_ptr<compute_pool> thread_;
  std::map<const space_slot*, std::pair<std::weak_ptr<space_slot>, std::uint64_t>> rewritten_;
  std::atomic<bool> stopping_{false};
  base::counter& rewrites_;
};

} // namespace engram::actors

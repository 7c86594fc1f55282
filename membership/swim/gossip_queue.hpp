#pragma once
// Updates on their way out. Each rides on packets until it was sent often enough; one member has at
// most one update in the queue, a newer claim takes its place. What was sent least goes first,
// among equals the newest: fresh news must not wait behind old.

#include "membership/swim/messages.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace engram::membership {

class gossip_queue {
public:
  void push(update what);
  void forget(const base::store_id& about) { slots_.erase(about); }
  /// At most `count` updates; each counts as sent, and leaves after `transmissions` times.
  std::vector<update> take(std::size_t count, std::uint32_t transmissions);
  bool empty() const noexcept { return slots_.empty(); }
  std::size_t size() const noexcept { return slots_.size(); }

private:
  struct slot {
    update what;
    std::uint32_t sent = 0;
    std::uint64_t born = 0;
  };
  std::map<base::store_id, slot> slots_;
  std::uint64_t births_ = 0;
};

/// How often one update is sent among `members` members.
std::uint32_t transmissions_of(std::uint32_t multiplier, std::uint32_t floor, std::size_t members);

} // namespace engram::membership

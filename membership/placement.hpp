#pragma once
// Who holds a space: rendezvous hashing over the members that have not left. Pure; every member
// that knows the same members computes the same placement. Invariant: a member that joins or leaves
// moves only the replicas it wins or gives up, and two replicas share a zone only when there are
// fewer zones than replicas.
//
// Weights follow Thaler and Ravishankar 1998 (highest random weight).

#include "base/id.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace engram::membership {

/// Persisted and sent, in order of precedence within one incarnation: do not change the values.
enum class member_state : std::uint8_t { alive = 0, suspect = 1, dead = 2, left = 3 };

struct member {
  base::store_id id;
  std::string zone; // "" is a zone like any other
  member_state state = member_state::alive;
  bool replaced = false; // dead for long: holds a place only where nobody else can take it

  friend bool operator==(const member&, const member&) = default;
};

struct placement {
  std::vector<base::store_id> replicas; // heaviest first; every member computes the same order
  std::uint32_t factor = 0;             // f = min(wanted, members not left): dead ones count
  std::uint32_t quorum = 0;             // f / 2 + 1 durable copies

  bool holds(const base::store_id& id) const noexcept;
};

std::uint32_t quorum_of(std::uint32_t factor) noexcept;

/// Requires: wanted >= 1. Members are taken in any order; one listed twice counts once.
placement place(const base::space_id& space, std::span<const member> members, std::uint32_t wanted);

} // namespace engram::membership

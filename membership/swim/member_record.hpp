#pragma once
// What members tell each other about a member, and which of two claims wins. A claim is
// (incarnation, state): the higher incarnation wins; at one incarnation Left > Dead > Suspect >
// Alive. So claims form a total order per member, merging is a maximum, and the order in which
// claims arrive cannot matter. Only a member itself raises its incarnation, to refute.

#include "base/id.hpp"
#include "membership/placement.hpp"

#include <cstdint>
#include <string>

namespace engram::membership {

/// No member gets near it by refuting; see is_plausible.
inline constexpr std::uint64_t INCARNATION_MAX = 1ull << 48;

struct member_record {
  base::store_id id;
  std::string gossip_address; // HOST:PORT of its UDP socket
  std::string peer_address;   // HOST:PORT of its RPC
  std::string zone;
  std::uint16_t feature_min = 1, feature_max = 1;
  std::uint64_t incarnation = 0;
  member_state state = member_state::alive;

  friend bool operator==(const member_record&, const member_record&) = default;
};

/// Whether `claim` says more than `known` about one member. Requires: same id.
inline bool supersedes(const member_record& claim, const member_record& known) noexcept {
  if (claim.incarnation != known.incarnation) return claim.incarnation > known.incarnation;
  return static_cast<int>(claim.state) > static_cast<int>(known.state);
}

/// Whether a claim can be met: who is accused can always go one above, and that one is believed.
inline bool is_plausible(const member_record& claim) noexcept {
  if (claim.state == member_state::alive) return claim.incarnation <= INCARNATION_MAX;
  return claim.incarnation < INCARNATION_MAX;
}

inline bool is_up(member_state s) noexcept {
  return s == member_state::alive || s == member_state::suspect;
}

} // namespace engram::membership

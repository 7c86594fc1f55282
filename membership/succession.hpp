#pragma once
// Whom placement counts, from what membership says: the dead keep their places for a while, then
// stand back for others. Pure: time is a parameter. Owner: the node, one thread at a time.
//
// Rules. A dead member is replaced once this node saw it dead for `replace_after` while it
// reached a strict majority of all members that have not left; whoever comes out of a minority
// counts from then. One per zone and `pause_in_zone`, the one that died first before the others.
// None while more than a third is dead. What is replaced stays so until it is back, whatever
// these rules say later: nothing moves to and fro. Who was replaced and stays dead for
// `remove_after` is given up: the directory is to retire it, so that nobody looks for it for
// ever. A member that an operator retired is not counted at all, unless all are retired.

#include "membership/placement.hpp"

#include <chrono>
#include <map>
#include <set>

namespace engram::membership {

struct succession_rules {
  std::chrono::nanoseconds replace_after = std::chrono::minutes(15);
  std::chrono::nanoseconds pause_in_zone = std::chrono::minutes(15);
  std::chrono::nanoseconds remove_after = std::chrono::hours(72); // 0: never
  std::uint32_t majority_of = 2; // acts while reached * majority_of > members
  std::uint32_t dead_of = 3;     // replaces while dead * dead_of <= members
};

struct standing {
  base::store_id id;
  std::string zone;
  member_state state = member_state::alive;
  bool retired = false; // the directory says that it goes for good
};

class succession {
public:
  explicit succession(succession_rules how) : how_(how) {}

  /// Members as placement counts them; asked again whenever something changed and on a timer.
  /// Requires: `now` is monotonic.
  std::vector<member> look(std::span<const standing> members, std::chrono::nanoseconds now);
  /// A retired member counts while it is there to hand over; dead, it is as good as left.
  static bool counts(const standing& m) noexcept;
  bool replaced(const base::store_id& id) const { return replaced_.contains(id); }
  /// Of those look() saw last: dead for `remove_after` in the sight of a majority, their places
  /// taken by others since long.
  std::vector<base::store_id> given_up(std::chrono::nanoseconds now) const;

private:
  struct tally {
    std::uint32_t members = 0, reached = 0, dead = 0;
  };
  static tally count(std::span<const standing> members);
  void note_deaths(std::span<const standing> members, bool majority, std::chrono::nanoseconds now);
  void replace_overdue(std::span<const standing> members, std::chrono::nanoseconds now);

  succession_rules how_;
  std::map<base::store_id, std::chrono::nanoseconds> dead_since_;
  std::map<std::string, std::chrono::nanoseconds> last_in_zone_;
  std::set<base::store_id> replaced_;
};

} // namespace engram::membership

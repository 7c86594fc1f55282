#pragma once
// From a space to those who can answer for it: this node first when it holds the space, then the
// other replicas in the placement's order, those that look dead last. Pure.

#include "actors/service.hpp"
#include "membership/placement.hpp"

#include <vector>

namespace engram::actors {

struct route {
  membership::placement placed;
  std::vector<base::store_id> replicas; // whom to ask, in this order
  bool local = false;                   // this node is one of them
};

class router {
public:
  router(base::store_id self, std::uint32_t replication_factor)
      : self_(self), wanted_(replication_factor) {}

  /// The members as membership knows them now; this node is one of them.
  void set_members(std::vector<membership::member> members) { members_ = std::move(members); }
  route find(const base::space_id& space) const;
  /// Durable copies a write needs, counting this replica's own. too_few_replicas (definite) when
  /// the members that look alive cannot give them.
  base::result<std::uint32_t> copies_needed(const route& to, durability wanted) const;

private:
  std::uint32_t reachable(const route& to) const;

  base::store_id self_;
  std::uint32_t wanted_;
  std::vector<membership::member> members_;
};

} // namespace engram::actors

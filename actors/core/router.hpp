#pragma once
// From a space to those who can answer for it: this node first when it holds the space, then the
// other replicas in the placement's order, those that look dead last. Any thread.

#include "actors/service/writes.hpp"
#include "membership/placement.hpp"

#include <map>
#include <memory>
#include <mutex>
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

  /// The members as membership knows them now; this node is one of them. Not `known`: there are
  /// others, and nobody has told who: nothing is counted as if this node were alone.
  void set_members(std::vector<membership::member> members, bool known = true);
  /// too_few_replicas (definite) while the members are not known.
  base::result<void> check_known() const;
  std::shared_ptr<const std::vector<membership::member>> members() const;
  /// Placing costs a hash per member: what was found is kept while the members stay the same.
  route find(const base::space_id& space) const;
  /// Durable copies a write needs, counting this replica's own. too_few_replicas (definite) when
  /// the members that look alive cannot give them.
  base::result<std::uint32_t> copies_needed(const route& to, durability wanted) const;
  /// Replicas that a quorum read has to hear. too_few_replicas as above.
  base::result<std::uint32_t> voices_needed(const route& to) const;

private:
  static constexpr std::size_t kept_max = 4'096;

  using members_ptr = std::shared_ptr<const std::vector<membership::member>>;
  route place(const base::space_id& space, const std::vector<membership::member>& known) const;
  static std::uint32_t reachable(const route& to, const std::vector<membership::member>& members);

  const base::store_id self_;
  const std::uint32_t wanted_;
  mutable std::mutex mutex_;
  members_ptr members_ =
      std::make_shared<const std::vector<membership::member>>(); // replaced as a whole
  mutable std::map<base::space_id, route> kept_;                 // of these members
  bool known_ = true;
};

} // namespace engram::actors

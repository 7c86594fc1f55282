#pragma once
// A space of which this node holds entries but no replica: they are offered to its replicas until
// each of them has said it holds them. Pure.
//
// Drive: on a timer send offers(...) (a vector marked `stray`, from which the replica pulls as from
// anybody); heard() for each vector a replica sends; when covered(...), the local copy may go.
// `held` is always what is durable here now: what was offered last may be less.

#include "storage/replication/follower.hpp"

#include <map>

namespace engram::storage {

class stray_keeper {
public:
  explicit stray_keeper(base::space_id space) : space_(space) {}

  void heard(const base::store_id& replica, log_vector theirs);
  std::vector<outgoing> offers(const std::vector<base::store_id>& placement,
                               const log_vector& held) const;
  /// Every replica of a placement that is not empty holds all of it, under the same hashes where
  /// both stand at the same place.
  bool covered(const std::vector<base::store_id>& placement, const log_vector& held) const;

private:
  bool covers(const base::store_id& replica, const log_vector& held) const;

  base::space_id space_;
  std::map<base::store_id, log_vector> replicas_;
};

} // namespace engram::storage

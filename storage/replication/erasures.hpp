#pragma once
// Bodies that came erased, because whoever sent them has applied a delete that may not be here yet.
// Until it is, equal vectors do not mean equal state: this copy lacks a memory and cannot say why.
// Pure. Owner: the replicator; the disk keeps whether is_open(), since a restart would forget.
//
// Drive: came_from() for each sender of such a body; heard() and is_level() for what peers hold,
// settle() for what is held here. When a sender is lost before it told, nobody may ever explain:
// lost() is true and the copy has to be taken from another.

#include "storage/replication/log_vector.hpp"

#include <set>
#include <vector>

namespace engram::storage {

class erasures {
public:
  /// Some were open when the process ended, and from whom is not known: all of the placement are
  /// asked.
  void restore(const std::vector<base::store_id>& placement, const base::store_id& self);
  void came_from(const base::store_id& peer) { senders_.insert(peer); }
  /// What the peer holds covers the deletes that it has applied.
  void heard(const base::store_id& peer, const log_vector& theirs);
  /// The peer holds what is held here: so also the deletes that explain what came erased from it.
  /// Where all is quiet its digest says so, and no vector follows.
  void is_level(const base::store_id& peer) { senders_.erase(peer); }
  void settle(const log_vector& held);
  bool lost(const base::store_id& peer) { return senders_.erase(peer) > 0; }
  bool is_open(const log_vector& held) const;

private:
  std::set<base::store_id> senders_; // their next vector says what has to be covered
  std::vector<log_vector> awaited_;  // until these are covered
};

} // namespace engram::storage

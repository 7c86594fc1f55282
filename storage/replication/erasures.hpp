#pragma once
// Bodies that came erased, because whoever sent them has applied a delete that may not be here yet.
// Until it is, equal vectors do not mean equal state: this copy lacks a memory and cannot say why.
// Pure. Owner: the replicator; the disk keeps whether is_open(), since a restart would forget.
//
// Drive: came_from() for each sender of such a body; heard() and is_level() for what peers hold,
// settle() for what is held here. A sender that dies before it told, or who held the delete, may
// never explain: open_since() says how long the oldest has been waited for. Then the copy is taken
// from a replica that lacks nothing, or, where there is none, forgive(): all lack it alike.

#include "base/time.hpp"
#include "storage/replication/log_vector.hpp"

#include <map>
#include <optional>
#include <vector>

namespace engram::storage {

class erasures {
public:
  /// Some were open when the process ended, and from whom is not known: all of the placement are
  /// asked.
  void restore(const std::vector<base::store_id>& placement, const base::store_id& self,
               base::instant now);
  void came_from(const base::store_id& peer, base::instant now) { senders_.emplace(peer, now); }
  /// What the peer holds covers the deletes that it has applied.
  void heard(const base::store_id& peer, const log_vector& theirs, base::instant now);
  /// The peer holds what is held here: so also the deletes that explain what came erased from it.
  /// Where all is quiet its digest says so, and no vector follows.
  void is_level(const base::store_id& peer) { senders_.erase(peer); }
  void settle(const log_vector& held);
  bool is_open(const log_vector& held) const;
  /// No answer: nothing is. Requires: settled.
  std::optional<base::instant> open_since() const;
  void forgive() { senders_.clear(), awaited_.clear(); }

private:
  struct explanation {
    log_vector all; // what has to be covered
    base::instant since;
  };
  std::map<base::store_id, base::instant> senders_; // their next vector says what has to be covered
  std::vector<explanation> awaited_;
};

} // namespace engram::storage

#pragma once
// Anti-entropy of one space: remembers what each peer said it holds, and pulls what is missing,
// origin by origin, within a credit of bytes. Pure.
//
// Drive: on a digest that differs from held().digest(), send message::vector{answer = true}; on a
// vector, heard(peer, vector); after each, and on a timer, send what next(held, forked, now)
// returns; on entries with `pulled`, answered(...) after the follower took them; lost(peer) when
// its link ends.
//
// Invariants: one pull per origin under way; bytes under way never exceed the credit.

#include "base/time.hpp"
#include "storage/replication/follower.hpp"

#include <map>
#include <optional>
#include <set>

namespace engram::storage {

struct pull_limits {
  std::uint64_t pull_bytes = 1u << 20;   // of one answer
  std::uint64_t credit_bytes = 4u << 20; // of all under way; raising it catches up faster
  base::duration patience{2'000};        // then it is asked again, of whoever has it
};

class puller {
public:
  puller(base::space_id space, pull_limits limits = {}) : space_(space), limits_(limits) {}

  void heard(const base::store_id& peer, log_vector theirs);
  /// Said in passing, by an acknowledgement or an entry.
  void heard(const base::store_id& peer, const base::origin_id& origin, const log_mark& mark);
  void lost(const base::store_id& peer);
  std::vector<outgoing> next(const log_vector& held, const std::set<base::origin_id>& forked,
                             base::instant now);
  /// From there on nobody who has it still has it in its log: a snapshot is wanted.
  std::optional<std::uint64_t> answered(const base::store_id& peer, const message::entries& what);
  /// What next() wanted was not sent: nobody has to answer, and it is wanted again.
  void held_back(const base::origin_id& origin) { under_way_.erase(origin); }
  /// What `peer` said last; null: nothing yet.
  const log_vector* known(const base::store_id& peer) const;
  const std::map<base::store_id, log_vector>& peers() const noexcept { return peers_; }

private:
  struct asked {
    base::store_id peer;
    base::instant deadline;
    std::uint64_t from = 1;
  };
  bool is_gone(const base::store_id& peer, const base::origin_id& origin, std::uint64_t from) const;
  bool all_gone(const base::origin_id& origin, std::uint64_t from) const;

  base::space_id space_;
  pull_limits limits_;
  std::map<base::store_id, log_vector> peers_;
  std::map<base::origin_id, asked> under_way_;
  /// Below this the peer's log is trimmed.
  std::map<std::pair<base::store_id, base::origin_id>, std::uint64_t> gone_;
};

} // namespace engram::storage

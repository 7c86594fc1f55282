#pragma once
// Is this replica's state what its vector says? Two ways to find out: replicas whose vectors are
// equal compare the sums they keep with their state, and from time to time the items on disk are
// summed again. Where sums differ each makes its own again: who finds its items changed takes
// another's copy. If both are what was written, apply went wrong somewhere: who differs from a
// majority that agrees takes their copy, and it is counted, never hidden. Pure.
//
// Drive: agrees() where a heartbeat shows the own digest; heard() for state hashes; wish(now) on a
// timer says what to read; took() with what was read: send and rebuild as it says.
//
// Between two replicas that agree one number of 16 bytes is said; the buckets only where it
// differs.

#include "base/time.hpp"
#include "storage/replication/follower.hpp"
#include "storage/replication/state_account.hpp"

#include <map>
#include <optional>
#include <set>

namespace engram::storage {

/// The buckets that differ; empty too when the two do not speak of the same vector. errc::
/// incompatible: another number of buckets.
base::result<std::vector<std::uint16_t>> compare(const message::state_hashes& ours,
                                                 const message::state_hashes& theirs);

struct watch_rules {
  base::duration settle{10'000};         // a peer is told of a new vector at most this often
  base::duration compare_every{600'000}; // and of one that stays
  base::duration scrub_every{86'400'000};
  base::duration patience{60'000}; // for what has to be read
  bool on = true;
};

class hash_watch {
public:
  hash_watch(base::space_id space, watch_rules rules) : space_(space), rules_(rules) {}

  void agrees(const base::store_id& peer, std::uint64_t digest, base::instant now);
  void heard(const base::store_id& peer, const message::state_hashes& theirs);
  void lost(const base::store_id& peer);
  /// Answered by took(); asked again when that does not come.
  account_wish wish(base::instant now);

  struct findings {
    std::vector<outgoing> send;
    bool distrust = false; // the own state is not what it should be
  };
  /// `digest` is the own one, `at` that of the account; `others`: how many other replicas there
  /// are.
  findings took(const base::result<state_account>& what, std::uint64_t at, std::uint64_t digest,
                std::size_t others, base::instant now);

  /// Items on disk that were not what was written there.
  std::uint64_t damage_found() const noexcept { return damage_found_; }
  /// Vectors at which another replica's state differed though both were as written.
  std::uint64_t diverged() const noexcept { return diverged_; }

private:
  struct told {
    std::uint64_t digest = 0;
    base::instant at;
  };
  void compare_with(const base::store_id& peer, const message::state_hashes& theirs,
                    const message::state_hashes& ours, findings& out);
  bool is_odd_one(std::uint64_t digest, std::size_t others);

  base::space_id space_;
  watch_rules rules_;
  std::map<base::store_id, told> told_;
  std::set<base::store_id> to_tell_;
  std::map<base::store_id, message::state_hashes> to_compare_;
  std::map<base::store_id, message::state_hashes> differ_; // in short; of the last comparison
  std::optional<base::instant> next_scrub_, wished_at_;
  bool doubt_ = false;
  std::uint64_t damage_found_ = 0, diverged_ = 0, reported_ = 0;
};

} // namespace engram::storage

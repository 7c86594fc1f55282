#pragma once
// The writer's side of copies: which stores hold which entries of a space, fsynced, and when a
// write may be answered. Pure.
//
// Drive: open() with the durable headers' ranges; durable() for this store when its fsync returned
// and for every claim of another whose running hash is verified against the own log; tick(now) for
// deadlines. A timeout is indefinite: the entries may be everywhere.
//
// Invariant: only stores of the placement the write was opened with are counted, each once.

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <vector>

namespace engram::storage {

enum class copies_level : std::uint8_t { local, quorum, all };

/// `factor`: min(replication factor, members not Left); the dead count.
std::size_t copies_needed(copies_level level, std::size_t factor);

/// Entries of one origin that a write consists of, or found there already.
struct needed_entries {
  base::origin_id origin;
  std::uint64_t first = 1, last = 0;
};

class write_quorum {
public:
  struct write {
    std::uint64_t id = 0;
    std::vector<needed_entries> needs;
    std::size_t copies = 1; // of distinct stores of the placement
    std::vector<base::store_id> placement;
    base::instant deadline;
  };
  struct outcome {
    std::uint64_t id = 0;
    std::vector<base::store_id> holders;
    base::result<void> enough; // errc::timed_out: indefinite
  };
  std::vector<outcome> open(write what);
  /// `store` has every entry of `origin` up to `up_to` on disk. What lies above a gap counts for
  /// nothing: were the gap never closed, it could never be applied.
  std::vector<outcome> durable(const base::store_id& store, const base::origin_id& origin,
                               std::uint64_t up_to);
  std::vector<outcome> tick(base::instant now);
  std::size_t open_writes() const noexcept { return writes_.size(); }

private:
  bool has(const base::store_id& store, const needed_entries& what) const;
  std::vector<base::store_id> holders(const write& what) const;
  std::vector<outcome> settle();

  std::map<base::store_id, std::map<base::origin_id, std::uint64_t>> stores_; // up to where
  std::deque<write> writes_;
};

} // namespace engram::storage

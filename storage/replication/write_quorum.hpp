#pragma once
// The leader's side of writes to one space by this run: how many fsynced copies each has, and when
// it may be answered. Pure.
//
// Drive: admit() before anything is persisted (its error is definite); push the entries in
// parallel with the local fsync (take the headers from the formed batch); open() with the durable
// headers' range; durable() for this store when its fsync returned and for each acknowledgement
// whose running hashes are verified against the own log (verified_marks); tick(now) for deadlines.
// A timeout is indefinite: the entry may be everywhere.
//
// Invariant: only stores of the placement the write was opened with are counted, each once.

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "storage/replication/messages.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <vector>

namespace engram::storage {

enum class copies_level : std::uint8_t { local, quorum, all };

/// `factor`: min(replication factor, members not Left); the dead count.
std::size_t copies_needed(copies_level level, std::size_t factor);

class write_quorum {
public:
  explicit write_quorum(base::store_id self) : self_(self) {}

  /// errc::too_few_replicas when the level cannot be reached: nothing was persisted.
  base::result<void> admit(copies_level level, const std::vector<base::store_id>& placement,
                           const std::set<base::store_id>& reachable) const;

  struct write {
    std::uint64_t id = 0;
    std::uint64_t first = 0, last = 0; // own sequences
    copies_level level = copies_level::quorum;
    std::vector<base::store_id> placement;
    base::instant deadline;
  };
  struct outcome {
    std::uint64_t id = 0;
    base::result<std::vector<base::store_id>> holders; // errc::deadline_exceeded: indefinite
  };
  std::vector<outcome> open(write what);
  /// `store` has every own entry up to `up_to`, and those in `above`, on disk.
  std::vector<outcome> durable(const base::store_id& store, std::uint64_t up_to,
                               const std::vector<log_mark>& above = {});
  std::vector<outcome> tick(base::instant now);
  std::size_t open_writes() const noexcept { return writes_.size(); }

private:
  struct copies {
    std::uint64_t up_to = 0;
    std::set<std::uint64_t> above;
  };
  bool has(const base::store_id& store, const write& what) const;
  std::vector<base::store_id> holders(const write& what) const;
  std::vector<outcome> settle();

  base::store_id self_;
  std::map<base::store_id, copies> stores_;
  std::deque<write> writes_;
};

} // namespace engram::storage

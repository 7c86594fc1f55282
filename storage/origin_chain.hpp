#pragma once
// One origin's log in one space, as this replica has it: how far it reaches without a gap, which
// entries wait above one, and whether it still agrees with what others offer. Pure. Owner: the log
// writer.
//
// Invariant: everything up to last() is here or on its way to the disk, and its headers hash to
// running().

#include "storage/entry.hpp"

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace engram::storage {

class origin_chain {
public:
  /// Continues behind `last`, where the running hash was `running`.
  explicit origin_chain(std::uint64_t last = 0, base::hash128 running = {});

  std::uint64_t last() const noexcept { return last_; }
  const base::hash128& running() const noexcept { return running_; }

  /// Requires: header.sequence == last() + 1 and its running hash is right.
  void extend(const entry_header& header);

  /// next: extended by it. above_gap: kept aside until what lies between has come. known: the very
  /// entry is here already.
  enum class verdict { next, above_gap, known };
  /// `stored`: the running hash on disk at that sequence, if there is one. errc::origin_forked:
  /// another entry has that place; from then on nothing of this origin is taken.
  base::result<verdict> offer(const entry_header& header,
                              const std::optional<base::hash128>& stored);
  /// Entries above the gap that the last one closed; now extended by them, ascending. Stops where
  /// the running hash does not fit, which is a fork.
  std::vector<entry_header> release();

  bool forked() const noexcept { return forked_; }
  /// What is here stays and may grow again; what was kept aside is forgotten.
  void clear_fork();
  std::size_t held() const noexcept { return held_.size(); }

  /// All up to `sequence` is applied: the running hash there. nullopt: not above what was settled.
  std::optional<base::hash128> settle(std::uint64_t sequence);

private:
  base::error fork_at(const entry_header& header);

  std::uint64_t last_;
  base::hash128 running_;
  std::deque<base::hash128> unsettled_; // running hashes of the newest entries, up to last_
  std::map<std::uint64_t, entry_header> held_;
  bool forked_ = false;
};

} // namespace engram::storage

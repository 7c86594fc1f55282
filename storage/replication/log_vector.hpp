#pragma once
// How far a replica holds each origin's log, durable and without a gap, and which log that is: the
// running hash at that place. Equal vectors name equal sets of entries, so equal digests mean that
// there is nothing to exchange. A value; pure.
//
// Drive: raise() when a batch is durable or a space is opened, never before; an acknowledgement
// and a vector are claims about the disk.

#include "base/hash.hpp"
#include "base/id.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace engram::storage {

struct log_mark {
  std::uint64_t sequence = 0;
  base::hash128 running;
  friend bool operator==(const log_mark&, const log_mark&) = default;
};

class log_vector {
public:
  /// Lower than what is there: no effect.
  void raise(const base::origin_id& origin, const log_mark& mark);
  std::uint64_t at(const base::origin_id& origin) const;
  const std::map<base::origin_id, log_mark>& marks() const noexcept { return marks_; }
  bool empty() const noexcept { return marks_.empty(); }
  /// Says for every origin at least as much as `other`. Sequences only: forks are found apart.
  bool covers(const log_vector& other) const;
  /// Eight bytes that travel with heartbeats.
  std::uint64_t digest() const;

  friend bool operator==(const log_vector&, const log_vector&) = default;

private:
  std::map<base::origin_id, log_mark> marks_;
};

/// [from, to] of one origin.
struct log_range {
  base::origin_id origin;
  std::uint64_t from = 0, to = 0;
  friend bool operator==(const log_range&, const log_range&) = default;
};

/// What `theirs` has and `ours` has not, by origin.
std::vector<log_range> missing_from(const log_vector& ours, const log_vector& theirs);
std::uint64_t count_entries(const std::vector<log_range>& ranges) noexcept;

} // namespace engram::storage

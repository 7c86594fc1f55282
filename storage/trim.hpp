#pragma once
// Which entries of a log may go. Peers that were away catch up from the log, so its newest part
// stays for a while; what is not applied stays whatever its age; a payload that state refers to
// stays for ever. Pure decision (trim_rule) and one pass that carries it out as a batch.

#include "storage/meta_rows.hpp"
#include "storage/store.hpp"

#include <cstdint>

namespace engram::storage {

struct trim_limits {
  /// Of each origin's log: what is within the newest `keep_bytes` or younger than `keep` stays.
  std::uint64_t keep_bytes = 64ull << 20;
  base::duration keep{3'600'000};
  /// Above this even a young entry goes: whoever lacks it gets a snapshot instead.
  std::uint64_t bytes_max = 1ull << 30;
  /// Of one batch.
  std::size_t batch_entries_max = 10'000;
};

/// Fed the entries of one origin's log, oldest first; says of each whether it goes.
class trim_rule {
public:
  /// `log_bytes`: of the whole log. Nothing above `floor` goes.
  trim_rule(const trim_limits& limits, base::instant now, std::uint64_t floor,
            std::uint64_t log_bytes)
      : limits_(limits), now_(now), floor_(floor), left_(log_bytes) {}

  bool goes(std::uint64_t sequence, base::instant stamped, std::uint64_t bytes);

private:
  trim_limits limits_;
  base::instant now_;
  std::uint64_t floor_;
  std::uint64_t left_; // bytes of what has not gone
  bool ended_ = false; // a log is trimmed from its beginning only
};

struct trimmed {
  std::uint64_t headers = 0, payloads = 0, bytes = 0;
  bool more = false; // batch_entries_max was reached
};

/// Adds to `out` what removes the oldest part of one origin's log in one space. `applied` is its
/// vector row: with one replica, all that is applied is known everywhere it has to be.
base::result<trimmed> trim_log(const store& from, const vector_row& applied,
                               const trim_limits& limits, base::instant now, batch& out);

} // namespace engram::storage

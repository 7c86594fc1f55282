#pragma once
// One snapshot session, at the replica that gives: the state as it was at one vector and what is
// left of the log below it, in chunks that the receiver asks for. With the log the receiver can
// serve pulls and settle forks as well as its source. Each request renews the lease; a request that
// comes again is answered again, so a lost message costs one chunk. Trimming counts live sessions
// (trim_floor).
//
// Drive: open() on the thread that writes, between two batches, so that state and vector agree;
// step(request, now) for each request; drop it when expired(now). Reads may run on another thread.

#include "base/time.hpp"
#include "storage/replication/messages.hpp"
#include "storage/store.hpp"

#include <memory>

namespace engram::storage {

struct snapshot_limits {
  base::duration lease{600'000}; // renewed by every request
  std::uint64_t chunk_bytes = 1u << 20;
};

class snapshot_source {
public:
  /// `offer`: identity, spec, numbers; session drawn by the caller. Its vector must be the one in
  /// the store, row by row.
  snapshot_source(const store& from, std::uint32_t space, message::snapshot_offer offer,
                  base::instant now, snapshot_limits limits = {});

  const message::snapshot_offer& offer() const noexcept { return offer_; }
  /// errc::corrupt: damaged here; the session is of no use and ends.
  base::result<message::snapshot_chunk> step(const message::snapshot_request& asked,
                                             base::instant now);
  bool expired(base::instant now) const noexcept { return now >= expires_; }

private:
  base::result<bool> next_item();
  base::result<bool> next_log_item();
  base::result<void> read_item(std::string_view key, std::string_view value);
  std::uint64_t covered(std::uint32_t origin) const;

  const store& from_;
  std::uint32_t space_;
  message::snapshot_offer offer_;
  snapshot_limits limits_;
  base::instant expires_;
  std::unique_ptr<cursor> rows_, log_;
  bool state_done_ = false;
  message::snapshot_chunk last_; // answered again when asked again
};

} // namespace engram::storage

#pragma once
// One snapshot session, at the replica that is replaced. Chunks go under a staging number of their
// own; the copy in service stays whole until one batch exchanges the two: identity, vector, and the
// own log entries above the snapshot's vector, which then apply as at any opening. A crash before
// that leaves the old copy and some staged rows; a later opening may drop them.
//
// Drive: send request() when opened and again on a timer until the offer or the chunk comes;
// begin(offer) once; step(chunk) -> write the batch with sync, send request() again; when done():
// stop the space, write finish()'s batch with sync, open the space again under number(). Requires:
// nothing of the space is on its way to the disk while finish() reads.
//
// While a session runs the space is not trimmed.
//
// Invariant: no entry of the old copy is lost: begin() and finish() refuse an offer that
// lags behind what is here only as state.

#include "storage/catalog.hpp"
#include "storage/replication/messages.hpp"

#include <map>
#include <set>

namespace engram::storage {

class snapshot_target {
public:
  snapshot_target(base::space_id space, std::uint32_t replaced, std::uint64_t chunk_bytes)
      : space_(space), replaced_(replaced), chunk_bytes_(chunk_bytes) {}

  message::snapshot_request request() const;
  message::snapshot_request first_request(const log_vector& held) const;
  /// Adds to `out` what reserves the numbers. errc::unavailable: it would lose entries.
  base::result<void> begin(message::snapshot_offer offer, const store& disk, catalog& runs,
                           batch& out);
  /// After begin(): origins whose log here may not be the source's, and from where. Their entries
  /// are to be appended again (divergent_items), and no more of them taken, before finish().
  base::result<std::map<base::origin_id, std::uint64_t>>
  doubtful(const store& disk, const catalog& runs, const log_vector& held) const;
  bool begun() const noexcept { return staging_ != 0; }
  /// False: not the chunk that was asked for. errc::malformed_message: names an unknown origin.
  base::result<bool> step(const message::snapshot_chunk& chunk, batch& out);
  bool done() const noexcept { return done_; }
  /// What becomes of the own logs. `give_up`: of a forked origin, the first entry that is not
  /// carried over: it and what follows were appended again under the own run. `whole`: known to be
  /// forked somewhere, so what is here of its log is kept: it may have to be appended again.
  struct logs {
    std::map<base::origin_id, std::uint64_t> give_up;
    std::set<base::origin_id> whole;
  };
  base::result<void> finish(const store& disk, catalog& runs, const logs& own, batch& out);
  std::uint32_t number() const noexcept { return staging_; }

private:
  base::result<void> check_nothing_lost(const store& disk, const catalog& runs) const;
  struct tail {
    std::uint32_t origin = 0;
    std::uint64_t first = 1; // below `from`: the beginning of what the snapshot covers
    log_mark from;           // the snapshot's; what is above it has to follow
    std::uint64_t end = 0;
  };
  base::result<void> move_tail(const store& disk, tail which, batch& out) const;

  base::space_id space_;
  std::uint32_t replaced_;
  std::uint64_t chunk_bytes_;
  message::snapshot_offer offer_;
  std::map<std::uint32_t, std::uint32_t> numbers_; // the source's -> ours
  std::uint32_t staging_ = 0;
  std::string after_;
  bool done_ = false;
};

/// The identity under which a session stages.
base::space_id staging_identity(const base::space_id& space, const base::hash128& session);

} // namespace engram::storage

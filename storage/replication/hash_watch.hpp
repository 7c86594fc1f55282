#pragma once
// Do replicas with equal vectors hold equal state? Compares buckets of the state hash, and paces
// the scrub that recomputes them from the disk. Pure.
//
// Drive: where a heartbeat shows an equal digest, exchange message::state_hashes and call
// compare(); if it names buckets, recompute the own ones from the disk and give judged(clean). Not
// clean: the own copy leaves service and takes a snapshot from `peer`. Clean on both sides: a
// defect of apply, to be reported, never hidden. due(now): scrub one more slice of buckets.

#include "base/time.hpp"
#include "storage/replication/messages.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace engram::storage {

/// Buckets that differ; empty too when the two do not speak of the same vector. errc::
/// incompatible: another number of buckets.
base::result<std::vector<std::uint16_t>> compare(const message::state_hashes& ours,
                                                 const message::state_hashes& theirs);

enum class hash_verdict : std::uint8_t { wait, rebuild, report };

class hash_watch {
public:
  /// `round`: within it every bucket is scrubbed once.
  hash_watch(std::uint16_t buckets, base::duration round) : buckets_(buckets), round_(round) {}

  /// The buckets to recompute now: [first, second). Never more than a slice at a time.
  std::optional<std::pair<std::uint16_t, std::uint16_t>> due(base::instant now);
  /// A peer at the same vector differs, and the own copy was recomputed.
  hash_verdict judged(const base::store_id& peer, bool own_clean, bool peer_clean);
  std::optional<base::store_id> rebuild_from() const noexcept { return rebuild_; }

private:
  static constexpr std::uint16_t slice = 16;
  std::uint16_t buckets_;
  base::duration round_;
  std::uint16_t next_ = 0;
  std::optional<base::instant> next_at_;
  std::optional<base::store_id> rebuild_;
};

} // namespace engram::storage

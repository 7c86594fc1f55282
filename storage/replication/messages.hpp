#pragma once
// What replicas of a space say to each other, and its bytes. Values; one message has one encoding
// (base/fields.hpp, tag 0 = kind), kept golden. docs/formats/replication.md gives the tags. What
// arrives is only decoded here; whoever takes it judges it.
//
// Drive: encode() for the link, decode_replication() for what comes from it; peers are store ids,
// which the link knows.

#include "storage/entry.hpp"
#include "storage/replication/log_vector.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace engram::storage::message {

/// With each heartbeat: the spaces whose vectors changed. `beat`: when it was sent, by the sender's
/// clock; `echo`: the newest beat that it had heard of the receiver by then. 0: it counts none.
struct digests {
  struct item {
    base::space_id space;
    std::uint64_t digest = 0;
    friend bool operator==(const item&, const item&) = default;
  };
  std::vector<item> items;
  base::instant beat{}, echo{};
  friend bool operator==(const digests&, const digests&) = default;
};

/// Sent when digests differ. `stray`: the sender holds no replica, and offers what it has.
struct vector {
  base::space_id space;
  log_vector held;
  bool answer = false; // the sender wants the receiver's
  bool stray = false;
  friend bool operator==(const vector&, const vector&) = default;
};

struct pull {
  base::space_id space;
  base::origin_id origin;
  std::uint64_t from = 1;
  std::uint64_t bytes_max = 0;
  bool headers_only = false; // to find where two logs of one origin part
  friend bool operator==(const pull&, const pull&) = default;
};

struct carried {
  entry_header header;
  std::string payload; // as stored: salt and bytes; empty: erased, or headers only
  friend bool operator==(const carried&, const carried&) = default;
};

/// A push, or the answer to a pull.
struct entries {
  base::space_id space;
  base::origin_id origin;
  bool pulled = false;
  bool trimmed = false; // `from` is gone here: take a snapshot
  bool headers_only = false;
  std::vector<carried> items;
  friend bool operator==(const entries&, const entries&) = default;
};

/// Fsynced at the sender: everything up to `mark`. Its running hash says of which log, so an
/// acknowledgement never counts for a fork.
struct acknowledgement {
  base::space_id space;
  base::origin_id origin;
  log_mark mark;
  friend bool operator==(const acknowledgement&, const acknowledgement&) = default;
};

/// "I hold another log of this origin than you."
struct fork_notice {
  base::space_id space;
  base::origin_id origin;
  std::uint64_t sequence = 0; // of the entry that did not fit
  friend bool operator==(const fork_notice&, const fork_notice&) = default;
};

/// `after` empty and `session` zero: open one. Each request renews the lease.
struct snapshot_request {
  base::space_id space;
  base::hash128 session;
  std::string after; // last key that is durable here
  std::uint64_t bytes_max = 0;
  log_vector held; // of the first request: what is here already
  friend bool operator==(const snapshot_request&, const snapshot_request&) = default;
};

/// `numbers`: how the source's keys name the origins. `doubtful`: origins of which the source
/// cannot say that its log begins with the receiver's.
struct snapshot_offer {
  base::space_id space;
  base::hash128 session;
  log_vector covers;
  std::vector<std::pair<std::uint32_t, base::origin_id>> numbers;
  std::vector<base::origin_id> doubtful;
  friend bool operator==(const snapshot_offer&, const snapshot_offer&) = default;
};

struct snapshot_item {
  std::string key, value;             // state, relative to the space, in the source's numbers
  std::optional<std::string> payload; // as stored
  friend bool operator==(const snapshot_item&, const snapshot_item&) = default;
};

struct snapshot_chunk {
  base::space_id space;
  base::hash128 session;
  std::string after; // of the request that it answers
  bool done = false;
  bool ended = false; // the source no longer has this session
  std::vector<snapshot_item> items;
  friend bool operator==(const snapshot_chunk&, const snapshot_chunk&) = default;
};

/// Compared where the vectors' digests are equal.
struct state_hashes {
  base::space_id space;
  std::uint64_t digest = 0; // of the vector they belong to
  std::vector<base::hash128> buckets;
  friend bool operator==(const state_hashes&, const state_hashes&) = default;
};

using any = std::variant<digests, vector, pull, entries, acknowledgement, fork_notice,
                         snapshot_request, snapshot_offer, snapshot_chunk, state_hashes>;

std::string encode(const any& what);
/// errc::corrupt: not what encode() writes. errc::unsupported_format: a newer version's.
base::result<any> decode_replication(std::string_view bytes);

} // namespace engram::storage::message

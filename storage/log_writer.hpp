#pragma once
// The log writer's core: alone assigns stamps and sequences, and forms the batches that move log,
// payloads, state and vectors together (ADR 0003). Pure: no store, thread or clock. Owner: the
// thread that writes.
//
//   TRY(log.append({ticket, space, identity, items}));      // as long as something is queued
//   log.note_put(space, key, value); log.note_applied(space, origin, sequence);
//   auto formed = log.form(now);
//   store.write(formed.changes, formed.sync)  -> hand formed.outcomes to the partitions
//
// Invariants: a submission is written whole, in one batch; entries of one space and origin are
// written in their order; what was noted before form() is in that batch. After a failed write
// nothing here can be trusted any more: the process ends.

#include "storage/entry.hpp"
#include "storage/origin_chain.hpp"
#include "storage/store.hpp"

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace engram::storage {

struct log_limits {
  /// Of one batch; a larger submission goes alone. Raising them trades latency for fewer syncs.
  std::size_t batch_entries_max = 2'048;
  std::size_t batch_bytes_max = 4u << 20;
  /// Of what waits; more is refused with errc::overloaded.
  std::size_t queue_entries_max = 65'536;
  std::size_t queue_bytes_max = 64u << 20;
};

struct log_item {
  std::uint8_t kind = 0;
  base::hash128 operation;
  sealed_payload payload;
};

/// Entries of this run that are written together.
struct submission {
  std::uint64_t ticket = 0;
  std::uint32_t space = 0; // local number
  base::space_id identity;
  std::vector<log_item> items;
};

/// An entry of another run, with the header it was given there.
struct foreign_entry {
  std::uint64_t ticket = 0;
  std::uint32_t space = 0, origin = 0; // local numbers
  entry_header header;
  std::string payload;                 // as stored; empty: erased
  std::optional<base::hash128> stored; // running hash on disk at that place, if there is one
};

/// Durable once the batch is.
struct log_outcome {
  std::uint64_t ticket = 0;
  std::uint32_t space = 0, origin = 0;
  std::vector<entry_header> entries;  // to be applied in this order; empty above a gap
  std::vector<std::string> payloads;  // theirs as stored, where form() was asked to keep them
  std::vector<entry_header> released; // were durable before, and follow now
};

struct formed_batch {
  batch changes;
  bool sync = false; // false: only state, which a crash may take back
  std::vector<log_outcome> outcomes;
};

class log_writer {
public:
  struct run {
    std::uint32_t number = 0;
    base::origin_id id;
  };
  /// `newest`: the newest stamp this store has made.
  log_writer(run self, base::hlc newest, log_limits limits = {});

  /// errc::overloaded: nothing was taken.
  base::result<void> append(submission what);

  // -- when a space is opened: each row of its vector, then each entry of its tail --
  void restore(std::uint32_t space, std::uint32_t origin, std::uint64_t applied,
               const base::hash128& running);
  void replayed(std::uint32_t space, std::uint32_t origin, const entry_header& header);

  // -- entries of other runs --
  /// errc::malformed_message: payload and hash differ. errc::origin_forked: nothing more of this
  /// origin is taken. errc::overloaded: nothing was taken.
  base::result<origin_chain::verdict> offer(foreign_entry what, base::instant now);

  /// The fork was settled for the log that is here: it may grow again, without what was held above
  /// a gap.
  void clear_fork(std::uint32_t space, std::uint32_t origin);

  // -- state that goes with the next batch; keys are relative to the space --
  void note_put(std::uint32_t space, std::string_view key, std::string value);
  void note_erase(std::uint32_t space, std::string_view key);
  /// The header stays; its payload says erased.
  void note_payload_erased(std::uint32_t space, std::uint32_t origin, std::uint64_t sequence);
  /// The notes so far contain what every entry up to `sequence` did.
  void note_applied(std::uint32_t space, std::uint32_t origin, std::uint64_t sequence);
  /// Anything else that moves with it, e.g. rows of the catalog.
  batch& notes() noexcept { return notes_; }
  /// The space was dropped: nothing noted or queued for it later is expected.
  void forget(std::uint32_t space);

  bool idle() const noexcept { return queue_.empty() && notes_.empty(); }
  bool entries_waiting() const noexcept { return !queue_.empty(); }
  std::size_t queued_bytes() const noexcept { return queued_bytes_; }
  const run& self() const noexcept { return self_; }

  /// Whole submissions in their order, as many as the limits allow, and everything noted.
  formed_batch form(base::instant now, bool keep_payloads = false);

private:
  struct queued {
    log_outcome outcome;
    base::space_id identity;
    std::vector<log_item> items; // own: to be stamped
    std::optional<foreign_entry> foreign;
    std::size_t bytes = 0;
    std::size_t entries() const noexcept { return foreign ? 1 : items.size(); }
  };

  origin_chain& chain(std::uint32_t space, std::uint32_t origin);
  base::result<void> admit(std::size_t entries, std::size_t bytes) const;
  void write_own(queued& what, base::instant now, bool keep_payloads, batch& out);
  void write_foreign(queued& what, bool keep_payloads, batch& out);

  run self_;
  base::hlc_clock clock_;
  log_limits limits_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, origin_chain> chains_; // (space, origin)
  std::deque<queued> queue_;
  std::size_t queued_entries_ = 0, queued_bytes_ = 0;
  batch notes_;
};

} // namespace engram::storage

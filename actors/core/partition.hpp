#pragma once
// A space's replica: judges what is asked against its state and what is pending, hands it to the
// log, applies what came back durable, and publishes. Pure: effects are returned, in the order to
// carry them out (note, publish, reply). Owner: one partition actor, or the simulator.
//
// Invariants: nothing is applied before it is durable; nothing is acknowledged before it is durable
// and published, so a client reads its own write; the log answers tickets in the order they were
// given.

#include "actors/core/space_view.hpp"
#include "actors/service/writes.hpp"
#include "memory/space.hpp"
#include "storage/log_writer.hpp"
#include "storage/replication/write_quorum.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace engram::actors {

/// An operation that passed validation, sealed for the log. Made on the compute pool.
struct write_item {
  memory::prepared what;
  storage::sealed_payload sealed;
};

/// Of another run, or of this one when it was appended again: durable, to be applied.
struct foreign_entry {
  memory::entry_meta meta;
  std::optional<memory::prepared> what;  // nothing: erased, or
  std::optional<base::error> unreadable; // why it could not be read
};

struct write_request {
  std::uint64_t id = 0; // the asker's; comes back with the reply
  std::vector<base::result<write_item>> items;
  durability wanted = durability::quorum;
};

/// What became of a submission: all of it or nothing. Entries are of one origin.
struct log_outcome {
  std::uint64_t ticket = 0;
  std::uint32_t origin_number = 0;
  base::result<std::vector<storage::entry_header>> entries;
};

/// The same on every replica but for the number, which is this store's.
memory::entry_meta meta_of(const storage::entry_header& header, std::uint32_t origin_number);

class partition {
public:
  struct finished_write {
    std::uint64_t id = 0;
    write_reply reply;
    durability wanted = durability::quorum;
    /// What other replicas must hold before it is answered: own entries, or, with none named, all
    /// that is applied here. Nothing: no item succeeded.
    std::optional<std::vector<storage::needed_entries>> needs;
  };
  /// State items to be written together with the rows of the vector that cover them.
  struct state_note {
    memory::state_changes changes;
    std::map<std::uint32_t, std::uint64_t> applied; // by origin number; those that moved
  };
  struct effects {
    std::optional<storage::submission> to_log;
    std::optional<state_note> note;
    std::shared_ptr<const space_view> published; // null: as before
    std::vector<finished_write> replies;
  };

  /// `space` holds what the store's state items gave; `applied` is their vector; `number` is the
  /// space's in this store.
  partition(std::unique_ptr<memory::space> space, std::uint32_t number, version_vector applied,
            base::origin_id self);

  /// Opening: an entry above the vector, in its origin's order. `what` empty: its payload was
  /// erased.
  void replay(const memory::entry_meta& meta, const memory::prepared* what);
  effects step_opened();

  effects step_write(write_request request);
  effects step_logged(std::vector<log_outcome> outcomes);
  /// Those that are applied already are passed over. Throws when one is missing in between, or is
  /// of a newer version: the space is then read again.
  effects step_foreign(std::vector<foreign_entry> entries);
  /// Nothing was written for a while: makes recalls cheaper. Nothing published: nothing to do.
  effects step_quiet();

  /// For tests that plant a defect: called before an entry is applied, may throw.
  void set_probe(std::function<void(const memory::entry_meta&)> probe) {
    probe_ = std::move(probe);
  }
  /// The entry being applied; empty outside of it. Survives an exception, for the supervisor to
  /// see.
  const std::optional<memory::entry_meta>& applying() const noexcept { return applying_; }
  bool idle() const noexcept { return waiting_.empty() && submitted_.empty(); }
  const memory::space& space() const noexcept { return *space_; }

private:
  struct submitted {
    std::uint64_t ticket = 0;
    std::vector<memory::prepared> items;
  };
  struct waiting_item {
    base::result<receipt> outcome;
    std::optional<memory::prepared> in_flight; // judged again when what was pending has settled
    std::optional<std::size_t> submitted_as;   // index into the request's submission
  };
  struct waiting_write {
    std::uint64_t id = 0;
    std::uint64_t own_ticket = 0;  // 0: nothing of it went to the log
    std::uint64_t last_ticket = 0; // settled when this one is
    durability wanted = durability::quorum;
    std::vector<waiting_item> items;
    std::optional<storage::needed_entries> own; // what was logged of it
  };

  waiting_item judge(base::result<write_item> item, storage::submission& to_log, submitted& kept);
  void apply(const memory::entry_meta& meta, const memory::prepared* what);
  void settle(const log_outcome& outcome, std::vector<finished_write>& replies);
  void take_outcome(waiting_write& write, const log_outcome& outcome);
  receipt receipt_of(bool known, base::hlc stamp, durability wanted) const;
  finished_write finish(waiting_write write);
  void publish(effects& out);

  std::unique_ptr<memory::space> space_;
  std::uint32_t number_;
  version_vector applied_;
  std::map<std::uint32_t, std::uint64_t> advanced_; // since the last note
  base::origin_id self_;
  memory::pending_set pending_;
  std::deque<submitted> submitted_;   // by ticket
  std::deque<waiting_write> waiting_; // by last_ticket
  std::uint64_t last_ticket_ = 0;
  std::optional<memory::entry_meta> applying_;
  std::function<void(const memory::entry_meta&)> probe_;
};

} // namespace engram::actors

#pragma once
// A replica's receiving side for one space: entries of any origin go to the log writer, which
// verifies each origin's running hash, and are acknowledged once they are durable without a gap
// before them. A fork is reported and nothing more of that origin is taken. Pure.
//
// Drive (log thread):
//   out = follower.take(peer, entries, log, runs, store, now)  -> send out.send, report out.forks
//   formed = log.form(now); store.write(...)
//   for each outcome of another run: out = follower.durable(outcome)  -> send; then apply
//   outcome.entries and outcome.released to the partition, in that order
// held() is this replica's vector. Own entries: own_durable(header).
//
// Invariant: what is acknowledged is on disk under the very hash that is named.

#include "storage/catalog.hpp"
#include "storage/log_writer.hpp"
#include "storage/replication/messages.hpp"

#include <map>
#include <set>

namespace engram::storage {

struct outgoing {
  base::store_id to;
  message::any what;
};

class follower {
public:
  follower(base::space_id space, std::uint32_t number) : space_(space), number_(number) {}

  struct effects {
    std::vector<outgoing> send;
    std::vector<log_range> forks; // where: the entry that did not fit
    std::size_t refused = 0;      // malformed, or no room: they come again
  };

  /// Opening: what the disk holds. What lies above a gap comes again.
  void restore(const base::origin_id& origin, const log_mark& held);

  effects take(const base::store_id& from, const message::entries& what, log_writer& log,
               catalog& runs, const store& disk, base::instant now);
  /// Of another run, after its batch is durable.
  effects durable(const log_outcome& outcome);
  void own_formed(const entry_header& header); // on its way to the disk
  void own_durable(const entry_header& header);

  const log_vector& held() const noexcept { return held_; }
  /// Nothing more of it is taken: until the fork is settled.
  const std::set<base::origin_id>& forked() const noexcept { return forked_; }
  void note_fork(const base::origin_id& origin) { forked_.insert(origin); }
  /// Nothing of it is on its way to the disk.
  bool is_quiet(const base::origin_id& origin) const;
  /// The own log of it stays, without what is above a gap: it may grow again. `number`: the
  /// origin's here. Requires: is_quiet().
  void clear_fork(const base::origin_id& origin, log_writer& log, std::uint32_t number);
  /// How far the logs reach with what is on its way to the disk: to ask for what lies behind.
  const log_vector& coming() const noexcept { return coming_; }

private:
  struct offered {
    entry_header header;
    std::set<base::store_id> askers;
  };
  using place = std::pair<base::origin_id, std::uint64_t>;

  void offer(const base::store_id& from, const message::carried& item, log_writer& log,
             std::uint32_t origin, const store& disk, base::instant now, effects& out);
  message::acknowledgement acknowledge(const base::origin_id& origin) const;

  base::space_id space_;
  std::uint32_t number_;
  log_vector held_, coming_;
  std::map<place, offered> waiting_; // on their way to the disk
  std::map<std::uint64_t, place> tickets_;
  std::uint64_t last_ticket_ = 0;
  std::set<base::origin_id> forked_;
};

} // namespace engram::storage

#pragma once
// An open space as everybody but its partition sees it: what it is, its published view, who waits
// for it to move on, and the way to its partition. Shared by readers, the partition actor and the
// supervisor; any thread.
//
// Invariant: views only move forward; after close() nothing is published and nobody waits.

#include "actors/core/exchange.hpp"
#include "actors/core/partition.hpp"
#include "actors/core/staleness.hpp"
#include "actors/events/event_ring.hpp"
#include "memory/text/analyser.hpp"

#include <atomic>
#include <limits>
#include <mutex>

namespace engram::actors {

/// A prepared write on its way to the partition. One that nobody takes is answered when it ends.
struct write_job {
  write_job() = default;
  write_job(const write_job&) = delete;
  write_job& operator=(const write_job&) = delete;
  ~write_job() {
    if (done) done(base::error{base::errc::unavailable, "the space was closed"});
  }

  std::shared_ptr<ask> asked; // for its stage
  std::vector<base::result<write_item>> items;
  durability wanted = durability::quorum;
  reply<write_reply> done;
};

class space_slot {
public:
  /// The ways to its partition.
  struct partition_ports {
    std::function<void(std::shared_ptr<write_job>)> write;
    std::function<void(std::vector<foreign_entry>)> apply;
  };

  space_slot(memory::space_config what, std::uint32_t local_number);

  const memory::space_config config;
  const std::uint32_t number;
  const memory::analyser words;
  std::uint64_t lost_at_open = 0; // damaged items and entries; set before it is shared

  std::shared_ptr<const space_view> view() const;
  void publish(std::shared_ptr<const space_view> next);
  /// Calls back at once or when it serves and the view covers `seen`; `unavailable` when it closes
  /// before, `deadline_exceeded` after the deadline.
  void when_applied(version_vector seen, nanoseconds deadline, reply<void> then);
  void expire(nanoseconds now);
  /// Calls back at once or when the view holds more than `told`, more than `noticed` things were
  /// noticed, or at the deadline; `unavailable` when it closes before.
  void when_news(version_vector told, std::uint64_t noticed, nanoseconds deadline,
                 reply<void> then);
  /// What was noticed since somebody first watched; made now, under this id, if nobody did.
  std::shared_ptr<event_ring> watched(const base::hash128& id);
  /// What answers show of the mind's mechanisms costs work to tell: told only until then.
  void watch_answers(nanoseconds until) { answers_until_ = until.count(); }
  bool answers_watched(nanoseconds now) const { return now.count() < answers_until_; }
  /// Something that no log tells. Costs a look where nobody watches.
  void notice(const std::function<event()>& what);

  void open(partition_ports to);
  /// False when it is closed: then the job was not taken.
  bool write(std::shared_ptr<write_job> job);
  /// What was written elsewhere; without a partition the log keeps it for the next opening.
  void apply(std::vector<foreign_entry> entries);
  /// From now on this copy may be read: it holds what others held when it came.
  void serve();
  /// Not any more: its state is wrong. Readers wait until another copy is here.
  void withdraw();
  /// When this copy last held all that the others did, by the monotonic clock (staleness.hpp).
  void set_sure_at(base::instant at) { sure_at_ms_ = at.ms; }
  base::duration stale(nanoseconds now) const;
  /// Entries that others said they hold and this copy does not.
  void set_lagging(std::uint64_t entries) { lagging_ = entries; }
  std::uint64_t lagging() const { return lagging_; }
  void close();
  bool closed() const;

  void touch(nanoseconds now) { last_used_ = now.count(); }
  nanoseconds last_used() const { return nanoseconds{last_used_.load()}; }

  /// The most that a recall took lately (it fades by a quarter per recall); max() before any.
  nanoseconds recall_cost() const { return nanoseconds{recall_cost_.load()}; }
  void recall_took(nanoseconds time);

private:
  struct waiter {
    version_vector seen;
    nanoseconds deadline;
    reply<void> then;
    std::optional<std::uint64_t> noticed; // waits for more than was seen, or than this
  };

  std::vector<waiter> take_served(); // under the lock
  bool is_served(const waiter& w) const;

  mutable std::mutex mutex_;
  std::shared_ptr<const space_view> view_;
  std::vector<waiter> waiters_;
  partition_ports partition_;
  bool closed_ = false, serving_ = false;
  std::shared_ptr<event_ring> ring_; // none: nobody ever watched
  std::atomic<bool> is_watched_{false};
  std::atomic<std::int64_t> answers_until_{0};
  std::atomic<std::int64_t> last_used_{0};
  std::atomic<std::int64_t> sure_at_ms_{always_sure.ms};
  std::atomic<std::uint64_t> lagging_{0};
  std::atomic<std::int64_t> recall_cost_{nanoseconds::max().count()};
};

} // namespace engram::actors

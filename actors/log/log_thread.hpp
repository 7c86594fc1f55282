#pragma once
// The one thread that writes: gathers what all partitions submitted while it was syncing, forms one
// batch of it, syncs once, and tells each space what became of its own. Owner: node_core. Catalog
// and log core are only touched under its lock; the store is written outside of it.
//
// Entries of other runs come in through use() and go on to the tap.
//
// Invariants: a space hears of its submissions in the order it made them. After a failed write
// nothing more is written: `fatal` is called once, what was in the batch is indefinite, what comes
// later is refused. A submission refused for the disk's reserve never reached the log.

#include "actors/core/partition.hpp"
#include "base/counters.hpp"
#include "storage/catalog.hpp"
#include "storage/replication/replicator.hpp"
#include "storage/reserve.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

namespace engram::actors {

/// Who carries what is durable to other replicas, and theirs to the spaces. Must not block.
class log_tap {
public:
  using outcomes = std::shared_ptr<const std::vector<storage::log_outcome>>;

  virtual ~log_tap() = default;
  /// Whether to keep the payloads of the next batch with its outcomes.
  virtual bool wants_payloads() = 0;
  /// A batch is about to be written. Thread: the log's, for this and the next.
  virtual void formed(const outcomes& what) = 0;
  /// It is on disk. Own and foreign ones, before the spaces hear of their own.
  virtual void durable(const outcomes& what) = 0;
  /// At the first opening of a space in this process: what the disk holds of it, and is applied;
  /// `filling`: it never held all that others held.
  virtual void restored(std::uint32_t number, const base::space_id& space, storage::log_vector held,
                        bool filling) = 0;
};

class log_thread final : public storage::log_access {
public:
  struct config {
    std::uint64_t disk_reserve_bytes = 0;
    std::function<void(const base::error&)> fatal;
  };
  /// Runs on the log's thread; hands over and returns.
  using listener = std::function<void(std::vector<log_outcome>)>;

  log_thread(storage::store& store, storage::catalog catalog, const base::clock& clock,
             base::registry& registry, config how);
  ~log_thread() override;

  /// Before anything is submitted or restored.
  void set_tap(log_tap* tap) { tap_ = tap; }

  /// Thread: any. The listener of the space hears the outcome, refusals too.
  void submit(storage::submission what);
  /// Goes with the next batch; nothing waits for it.
  void note(std::uint32_t space, partition::state_note what);
  /// Changes that concern nobody's state, made durable before this returns. Blocks. Not on the
  /// log's thread.
  base::result<void> note(const storage::batch& changes);

  /// The space's number in this store, made durable with the next batch at the latest.
  std::uint32_t number_of(const base::space_id& identity);
  void attach(std::uint32_t space, listener hears);
  /// Afterwards its listener is neither running nor called again.
  void detach(std::uint32_t space);
  /// Everything submitted and noted before is written, or refused. Blocks. Not on the log's thread.
  base::result<void> settle();
  /// For entries of other runs. Requires: their space was restored.
  void use(const std::function<void(storage::log_writer&, storage::catalog&)>& work) override;
  /// Else nothing of other runs should be taken.
  bool has_room();

  /// Spaces that this store keeps something of.
  std::vector<base::space_id> kept_spaces() const;
  std::vector<std::uint32_t> space_numbers() const; // of these
  /// Erases what the space kept. Requires: detached and settled.
  void drop(const base::space_id& identity);
  /// The same, but a copy may come again, under another number.
  void release(const base::space_id& identity);
  bool is_joining() const;
  void joined(); // durable with the next batch

  struct origins {
    std::map<std::uint32_t, base::origin_id> by_number;
    std::set<std::uint32_t> foreign; // of these: runs of other stores
    std::uint32_t self = 0;
  };
  origins known_origins() const;
  std::optional<std::uint32_t> run_number(const base::origin_id& origin) const;
  /// At the first opening of a space in this process, with what the store gave. Later ones change
  /// nothing: the log core knows better.
  void restore(std::uint32_t space, const std::vector<storage::vector_row>& rows,
               const std::vector<std::pair<std::uint32_t, storage::entry_header>>& tail);

  base::origin_id self() const noexcept { return self_; }
  std::uint32_t self_number() const noexcept { return self_number_; }
  bool failed() const;
  std::uint64_t bytes_written() const noexcept { return bytes_.value(); }
  /// Refused for the disk's reserve when last looked at.
  bool disk_low() const;
  /// Writes what is left and ends the thread.
  base::result<void> stop();

private:
  void run();
  bool work(std::unique_lock<std::mutex>& lock);
  bool write_once(std::unique_lock<std::mutex>& lock);
  void refuse(std::unique_lock<std::mutex>& lock, std::deque<storage::submission> what,
              const base::error& why);
  void fail(std::unique_lock<std::mutex>& lock, const base::error& why);
  bool reserve_reached(std::size_t bytes);
  void deliver(std::uint32_t space, std::vector<log_outcome> what);

  storage::store& store_;
  const base::clock& clock_;
  config how_;
  base::origin_id self_;
  std::uint32_t self_number_;
  log_tap* tap_ = nullptr;

  mutable std::mutex mutex_;
  std::condition_variable wake_, settled_;
  storage::catalog catalog_;
  storage::log_writer log_;
  std::deque<storage::submission> inbox_;
  std::set<std::uint32_t> restored_;
  std::uint64_t settle_wanted_ = 0, settle_done_ = 0;
  bool stopping_ = false, failed_ = false, disk_low_ = false;

  std::mutex listeners_mutex_; // held while one runs
  std::map<std::uint32_t, listener> listeners_;

  std::chrono::nanoseconds looked_at_{-1}; // at the disk
  std::uint64_t written_since_ = 0, bytes_free_ = 0;
  storage::free_space_rule room_;

  base::counter& batches_;
  base::counter& entries_;
  base::counter& bytes_;
  base::counter& refused_;
  base::histogram& write_us_;
  std::thread thread_;
};

} // namespace engram::actors

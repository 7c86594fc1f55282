#pragma once
// The replicas of this node at work: a replica_set on a thread of its own, since it reads the disk
// and waits for the log's lock. Hears peers, the log and membership through a bounded inbox; speaks
// over the links; hands what others wrote to the partitions. Owner: node.
//
// Invariants: the set is touched by this thread only; every wait for copies is answered exactly
// once; what is dropped for the inbox's bound is pulled later.

#include "actors/compute_pool.hpp"
#include "actors/log/log_thread.hpp"
#include "actors/ports.hpp"
#include "actors/replication/replica_set.hpp"
#include "actors/space/space_slot.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <variant>

namespace engram::actors {

/// What replication asks of the node around it. Thread: replication's; must not block.
class replication_host {
public:
  virtual ~replication_host() = default;
  /// This node's view of who holds a space; empty: the directory knows no such space.
  virtual std::vector<base::store_id> placement_of(const base::space_id& space) = 0;
  /// Something of it has come, or has to be asked for: open it.
  virtual void want(const base::space_id& space) = 0;
  virtual std::shared_ptr<space_slot> find(const base::space_id& space) = 0;
  /// Closes the space, calls `work` on a thread that may wait, opens it again.
  virtual void exchange_copy(const base::space_id& space, std::function<void()> work) = 0;
  /// Entries of the directory, in order, durable.
  virtual void apply_directory(std::vector<storage::tail_entry> entries) = 0;
  /// The directory holds all that the others' do, of those at least that can be asked.
  virtual void joined() = 0;
  /// The own run was written elsewhere too: this process has to start anew.
  virtual void run_forked(const base::error& why) = 0;
};

class replication final : public log_tap, private replica_ports {
public:
  struct parts {
    base::store_id self;
    const storage::store& store;
    log_thread& log;
    compute_pool& pool;
    const base::clock& clock;
    base::entropy& entropy; // any thread
    base::registry& registry;
    peer_net& net;
    replication_host& host;
    replication_rules rules;
  };
  explicit replication(parts with);
  ~replication() override;

  /// Before, what arrives waits: the host has to be able to answer.
  void start();

  // -- thread: any --
  void arrived(const base::store_id& from, std::string message);
  void set_members(std::vector<member_info> members);
  void opened(std::shared_ptr<space_slot> slot);
  void dropped(const base::space_id& space);
  bool wants_payloads() override;
  void formed(const outcomes& what) override;
  void durable(const outcomes& what) override;
  void restored(std::uint32_t number, const base::space_id& space, storage::log_vector held,
                bool filling) override;
  /// `done` gets how many stores hold it: `needs`, or with none all that is here. errc::timed_out
  /// (indefinite).
  void await(const base::space_id& space, std::vector<storage::needed_entries> needs,
             std::size_t copies, std::chrono::nanoseconds patience, reply<std::size_t> done);
  /// What this node has durable of a space that was opened here; nothing of any other.
  void durable_vector(const base::space_id& space, reply<version_vector> done);
  /// Reads the copy anew; `rebuild`: its state is wrong, another's is taken. errc::unavailable: it
  /// is not open, or could not be read.
  void look_into(const base::space_id& space, bool rebuild, reply<audit> done);

  // -- as in replica_set; block --
  std::vector<replica_info> replicas_of(const base::space_id& space);
  std::optional<bool> is_elsewhere(const base::space_id& space);
  bool covered(const base::space_id& space);
  bool may_let_go(const base::space_id& space);
  bool let_go(const base::space_id& space);
  using floors = replica_set::floors;
  floors floors_of(const base::space_id& space, const std::vector<storage::vector_row>& rows);

  /// Answers who waits with `shutting_down` and ends the thread.
  void stop();

private:
  struct arrival {
    base::store_id from;
    std::string message;
  };
  struct waiting {
    base::space_id space;
    std::vector<storage::needed_entries> needs;
    std::size_t copies = 1;
    base::instant deadline;
    reply<std::size_t> done;
  };
  using call = std::function<void()>;
  using event = std::variant<arrival, waiting, call>;

  bool enqueue(event what, std::size_t bytes = 0, bool droppable = false);
  template <class T>
  std::optional<T> result_of(std::function<T()> work);
  void run();
  void work(event& what);
  void take(arrival& what);
  void take(waiting& what);
  void take(call& what) { what(); }
  void tell_time();
  base::instant steady() const;
  void read_account(const base::space_id& space, std::uint32_t number, storage::account_wish which,
                    reply<audit> done);

  // replica_ports
  std::vector<base::store_id> placement_of(const base::space_id& space) override;
  void want(const base::space_id& space) override { with_.host.want(space); }
  bool has_room() override { return with_.log.has_room(); }
  bool write(const storage::batch& changes) override;
  void send(const base::store_id& to, storage::message::any what) override;
  void apply(const base::space_id& space, std::vector<storage::tail_entry> entries) override;
  void stands(const base::space_id& space, const copy_standing& how) override;
  void read_account(const base::space_id& space, std::uint32_t number,
                    storage::account_wish which) override;
  void exchange(const base::space_id& space) override;
  void answer(std::uint64_t wait, base::result<std::vector<base::store_id>> holders) override;
  void joined() override { with_.host.joined(); }
  void run_forked() override;

  parts with_;
  const base::instant zero_; // of the monotonic clock
  replication_counters counted_;
  replica_set set_;
  std::map<base::store_id, std::string> addresses_;
  std::map<std::uint64_t, reply<std::size_t>> waiting_;
  std::uint64_t last_wait_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<event> inbox_;
  std::uint64_t inbox_bytes_ = 0;
  bool stopping_ = false, urgent_ = false;
  std::atomic<bool> alone_{true}; // no other member is known
  std::thread thread_;
};

} // namespace engram::actors

#pragma once
// The replicas of this node at work: a core (storage/replication/replicator.hpp) per open space and
// one for the directory, on one thread of their own, since they read the disk and wait for the
// log's lock. Hears peers, the log and membership through a bounded inbox; speaks over the links;
// hands what others wrote to the partitions. Owner: node.
//
// Invariants: cores are touched by this thread only; every wait for copies is answered exactly
// once; what is dropped for the inbox's bound is pulled later.

#include "actors/compute_pool.hpp"
#include "actors/core/pacer.hpp"
#include "actors/log/log_thread.hpp"
#include "actors/ports.hpp"
#include "actors/replication/rules.hpp"
#include "actors/space/space_slot.hpp"
#include "storage/recovery.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
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
  /// The directory holds all that some other member's does.
  virtual void joined() = 0;
  /// The own run was written elsewhere too: this process has to start anew.
  virtual void run_forked(const base::error& why) = 0;
};

class replication final : public log_tap {
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
  /// How the replicas, this one too, stand in a space that was opened here.
  std::vector<replica_info> replicas_of(const base::space_id& space);
  /// Reads the copy anew; `rebuild`: its state is wrong, another's is taken. errc::unavailable: it
  /// is not open, or could not be read.
  void look_into(const base::space_id& space, bool rebuild, reply<audit> done);
  /// A stray that every replica holds; also false when it is not here. Blocks.
  bool covered(const base::space_id& space);
  /// The same, and this run wrote nothing there, so none of its sequences can come again. Blocks.
  bool may_let_go(const base::space_id& space);
  /// The same; then nothing is known of it here any more, and the copy may be erased. Requires: it
  /// is closed and the log is settled. Blocks.
  bool let_go(const base::space_id& space);
  /// How far each origin's log may be trimmed; no answer: not at all. Blocks.
  using floors = std::optional<std::vector<storage::trim_floors>>;
  floors floors_of(const base::space_id& space, const std::vector<storage::vector_row>& rows);

  /// Answers who waits with `shutting_down` and ends the thread.
  void stop();

private:
  struct arrival {
    base::store_id from;
    std::string message;
  };
  struct restoration {
    std::uint32_t number = 0;
    base::space_id space;
    storage::log_vector held;
    bool filling = false;
  };
  struct opening {
    std::shared_ptr<space_slot> slot;
  };
  struct waiting {
    base::space_id space;
    std::vector<storage::needed_entries> needs;
    std::size_t copies = 1;
    base::instant deadline;
    reply<std::size_t> done;
  };
  using call = std::function<void()>;
  struct forming {
    outcomes what;
  };
  using event = std::variant<arrival, forming, outcomes, restoration, opening, waiting, call>;

  struct peer {
    std::string address;
    bool is_up = false;
    base::instant down_since;
    std::vector<storage::message::any> outbox;
    struct digest_said {
      std::uint64_t digest = 0;
      base::instant at;
    };
    std::map<base::space_id, digest_said> said; // with the last heartbeat that named the space
    std::map<base::space_id, std::uint64_t> heard;
  };
  struct replica {
    std::uint32_t number = 0;
    std::unique_ptr<storage::replicator> core;
    std::vector<base::store_id> placement;
    std::set<base::store_id> unheard; // new and empty: served when these were heard and are covered
    bool serving = false, exchanging = false;
    std::uint64_t offers_refused = 0; // counted so far
    bool ordered = false;             // to be rebuilt, by an operator
    bool filling = false;             // the disk knows that it never held all
    base::instant next_ask;
    std::map<base::store_id, base::instant> covered_at; // when it held all that this replica holds
    base::instant
        in_sync_at; // when this replica last held all that the others said; max(): it does
  };

  void enqueue(event what, std::size_t bytes = 0, bool droppable = false);
  void run();
  void step(event& what);
  void tick();
  void heartbeat();

  // events (events.cpp)
  void take(arrival& what);
  void take(forming& what);
  void take(outcomes& what);
  void take(restoration& what);
  void take(opening& what);
  void take(waiting& what);
  void take(call& what) { what(); }
  void take_digests(const base::store_id& from, const storage::message::digests& what);
  void answer_stranger(const base::store_id& from, const storage::message::any& what);
  void members_changed(std::vector<member_info> members);

  // replicas (replicas.cpp)
  replica* find(const base::space_id& space);
  std::vector<replica_info> look_up(const base::space_id& space) const;
  floors floors_here(const base::space_id& space, const std::vector<storage::vector_row>& rows);
  void carry_out(const base::space_id& space, storage::replicator::effects effects);
  void send(const base::store_id& to, storage::message::any what);
  void flush();
  storage::tail_entry read_entry(std::uint32_t space, std::uint32_t origin,
                                 const storage::entry_header& header) const;
  void apply(const base::space_id& space, std::vector<storage::tail_entry> entries);
  void catch_up(const base::space_id& space, space_slot& slot);
  void read_account(const base::space_id& space, storage::account_wish which,
                    reply<audit> done = {});
  audit audit_of(const replica& which, const storage::state_account& read) const;
  bool may_ask(const replica& which, const storage::message::any& what);
  bool is_new(const base::space_id& space, const replica& which) const;
  bool is_whole(const replica& which) const;
  bool is_dispensable(const replica& which) const;
  void ask_who_is_silent(const base::space_id& space, replica& which);
  void begin_serving(const base::space_id& space, replica& which);
  void look_at_disk();
  void start_exchange(const base::space_id& space);
  void finish_exchange(const base::space_id& space);
  void look(const base::space_id& space, replica& which);
  bool is_replaceable(const replica& which) const;
  void end_waits(const base::space_id& space, const base::error& why);
  void place(const base::space_id& space, replica& which);
  base::instant now() const { return with_.clock.wall(); }
  /// For all that waits: near the wall clock, but it never jumps.
  base::instant steady() const {
    return zero_ + std::chrono::duration_cast<base::duration>(with_.clock.monotonic());
  }

  parts with_;
  const base::instant zero_;             // of the monotonic clock
  std::map<base::store_id, peer> peers_; // all others, not left
  std::map<base::space_id, replica> replicas_;
  std::map<std::uint32_t, base::space_id> by_number_;
  struct asker {
    base::space_id space;
    reply<std::size_t> done;
  };
  std::map<std::uint64_t, asker> waiting_;
  std::uint64_t last_wait_ = 0;
  base::instant next_beat_, next_full_beat_, next_disk_look_;
  pacer pacer_;
  struct later {
    base::store_id to;
    storage::message::any what;
  };
  std::deque<later> later_; // pulls that the pace holds back
  bool disk_crowded_ = false;
  bool told_ = false; // who the members are; before, there may be any

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<event> inbox_;
  std::uint64_t inbox_bytes_ = 0;
  bool stopping_ = false, urgent_ = false;
  std::atomic<bool> alone_{true}; // no other member is known

  base::counter& sent_;
  base::counter& received_;
  base::counter& dropped_;
  base::counter& malformed_;
  base::counter& applied_;
  base::counter& forks_;
  base::counter& snapshots_;
  base::counter& rebuilds_;
  base::counter& released_;
  base::counter& diverged_;
  base::counter& offers_refused_;
  base::gauge& waiting_for_room_;
  std::thread thread_;
};

} // namespace engram::actors

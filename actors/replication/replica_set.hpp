#pragma once
// The replicas of one node put together: a core (storage/replication/replicator.hpp) per space that
// lies here and one for the directory; whom they speak to, which of them may be read, what waits
// for copies. The same in a node and in the simulator. Pure but for reads of the store: whatever it
// wants done it asks of its ports. Owner: replication's thread, or the simulator.
//
// Drive. set_time() before anything else, flush() after a round of calls, tick() on a timer. Each
// space: restored() when its log was opened, opened() when its state was. Each batch of the log:
// formed() while it is written, durable() when it is on disk.
//
// Invariants: every wait is answered exactly once; a copy that came empty, or never was whole, is
// not read before it holds what the others held.

#include "actors/cluster_values.hpp"
#include "actors/core/exchange.hpp"
#include "actors/core/pacer.hpp"
#include "actors/core/staleness.hpp"
#include "actors/core/token.hpp"
#include "actors/replication/counters.hpp"
#include "actors/replication/rules.hpp"
#include "storage/recovery.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace engram::actors {

/// How a copy compares with the others, for whoever reads it.
struct copy_standing {
  enum class reading : std::uint8_t { as_before, allowed, withdrawn };

  base::instant sure_at;     // steady; when it last held all that the others did (staleness.hpp)
  std::uint64_t lagging = 0; // entries that others said they hold and this copy does not
  reading may_read = reading::as_before;
};

/// What the replicas ask of the node around them. None may call back, but where it says so.
class replica_ports {
public:
  virtual ~replica_ports() = default;
  /// This node's view of who holds a space; empty: the directory knows no such space.
  virtual std::vector<base::store_id> placement_of(const base::space_id& space) = 0;
  /// Something of it has come, or has to be asked for: open it.
  virtual void want(const base::space_id& space) = 0;
  /// Else nothing of other runs is taken.
  virtual bool has_room() = 0;
  /// Durable before it returns. False: the store failed.
  virtual bool write(const storage::batch& changes) = 0;

  virtual void send(const base::store_id& to, storage::message::any what) = 0;
  /// Of other runs, durable, in order; where the space is not open the log keeps them.
  virtual void apply(const base::space_id& space, std::vector<storage::tail_entry> entries) = 0;
  virtual void stands(const base::space_id& space, const copy_standing& how) = 0;
  /// Answered by take_account(); may call back at once.
  virtual void read_account(const base::space_id& space, std::uint32_t number,
                            storage::account_wish which) = 0;
  /// Close the space, settle the log, finish_exchange(), open it again; may call back at once.
  virtual void exchange(const base::space_id& space) = 0;
  /// The stores that hold what was awaited. errc::timed_out (indefinite).
  virtual void answer(std::uint64_t wait, base::result<std::vector<base::store_id>> holders) = 0;
  /// The directory holds all that the others' do, of those at least that can be asked.
  virtual void joined() = 0;
  /// The own run was written elsewhere too: this store has to be opened anew.
  virtual void run_forked() = 0;
};

class replica_set {
public:
  struct parts {
    base::store_id self;
    storage::log_writer::run run;
    const storage::store& store;
    storage::log_access& log;
    base::entropy& entropy;
    replica_ports& ports;
    replication_counters& counted;
    replication_rules rules;
  };
  explicit replica_set(parts with) : with_(with), pacer_(with.rules.copy_bytes_per_second) {}

  /// `steady` never jumps: all that waits goes by it. Requires: not before the last.
  void set_time(base::instant steady, base::instant wall) { steady_ = steady, wall_ = wall; }

  // -- members --
  void set_members(const std::vector<member_info>& members);
  /// The members or the directory changed: asks who holds what.
  void place();
  /// No other member is known.
  bool is_alone() const { return peers_.empty(); }

  // -- copies --
  /// What the disk holds of a space, and is applied; `filling`: it never held all that others held.
  void restored(std::uint32_t number, const base::space_id& space, const storage::log_vector& held,
                bool filling);
  /// Its state was read, and stands at `applied`; `damaged`: not all of it.
  void opened(const base::space_id& space, const version_vector& applied, bool damaged);
  /// It is gone from here. Who waits for its copies is answered.
  void dropped(const base::space_id& space);
  /// Of a snapshot that is here whole. Requires: the space is closed, the log is settled. True: the
  /// space is another now, under another number, and restored() follows.
  bool finish_exchange(const base::space_id& space);
  void take_account(const base::space_id& space, std::uint32_t number,
                    const base::result<storage::state_account>& read);

  // -- the log --
  void formed(const std::vector<storage::log_outcome>& what);
  void durable(const std::vector<storage::log_outcome>& what);
  /// answer(`id`) comes at the latest with the tick after `deadline`, which is steady. `needs`: of
  /// the own run; none named: all that is here.
  void await(std::uint64_t id, const base::space_id& space,
             std::vector<storage::needed_entries> needs, std::size_t copies,
             base::instant deadline);

  // -- talking --
  /// `bytes`: as it came over the link.
  void receive(const base::store_id& from, const storage::message::any& what, std::size_t bytes);
  void tick();
  /// What a round of calls gave goes out together.
  void flush();

  // -- looking --
  /// Null: it is not here, or was not opened yet.
  const storage::replicator* find(const base::space_id& space) const;
  std::uint32_t number_of(const base::space_id& space) const; // requires: find(space)
  /// How the replicas, this one first, stand in a space; none: it was not opened here.
  std::vector<replica_info> look_up(const base::space_id& space) const;
  /// Another member that is alive holds all that lies here. No answer: it was not opened here.
  std::optional<bool> is_elsewhere(const base::space_id& space) const;
  /// A stray that every replica holds.
  bool is_covered(const base::space_id& space) const;
  /// The same, and this run wrote nothing there, so none of its sequences can come again.
  bool may_let_go(const base::space_id& space) const;
  /// The same; then nothing is known of it here any more, and the copy may be erased. Requires: it
  /// is closed and the log is settled.
  bool let_go(const base::space_id& space);
  /// How far each origin's log may be trimmed; no answer: not at all.
  using floors = std::optional<std::vector<storage::trim_floors>>;
  floors floors_of(const base::space_id& space, const std::vector<storage::vector_row>& rows);
  /// `rebuild`: its state is wrong, another's is taken. No answer: read its account for one.
  /// Requires: find(space).
  std::optional<audit> inspect(const base::space_id& space, bool rebuild);
  /// Of an account that was read and taken. errc::unavailable: the copy is another by now.
  base::result<audit> audit_of(const base::space_id& space, std::uint32_t number,
                               const base::result<storage::state_account>& read) const;

private:
  struct peer {
    bool is_up = false, is_alive = false,
         is_reached = false; // not dead; nor suspected; has an address
    bool beats = false;      // knows what a beat is
    base::instant down_since;
    base::instant beaten_at;
    base::instant beat;     // of its own, the newest heard
    base::instant heard_at; // steady; what it said since tells of all that it held then
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
    std::set<base::store_id> other;   // said another digest; their vector is asked for
    bool serving = false, exchanging = false;
    std::uint64_t offers_refused = 0; // counted so far
    bool ordered = false;             // to be rebuilt, by an operator
    bool filling = false;             // the disk knows that it never held all
    base::instant next_ask;
    std::map<base::store_id, base::instant> covered_at; // wall; when it held all that lies here
    base::instant sure_at = never_sure;                 // as in copy_standing

    bool is_placed(const base::store_id& id) const {
      return std::find(placement.begin(), placement.end(), id) != placement.end();
    }
  };

  // talking (replica_set.cpp)
  void heartbeat();
  void beat_quietly();
  void send_beat(const base::store_id& to, peer& other, storage::message::digests what);
  bool shares_a_space(const base::store_id& with) const;
  void look_at_disk();
  void take_beat(const base::store_id& from, const storage::message::digests& what);
  void take_digests(const base::store_id& from, const storage::message::digests& what);
  void answer_stranger(const base::store_id& from, const storage::message::any& what);
  void send(const base::store_id& to, storage::message::any what);
  bool may_ask(const replica& which, const storage::message::any& what) const;
  void ask_who_is_silent(const base::space_id& space, replica& which);

  // copies (copies.cpp)
  void mark_filling(const replica& which, bool filling);
  bool is_kept(const base::space_id& space);
  void carry_out(const base::space_id& space, storage::replicator::effects effects);
  storage::tail_entry read_entry(std::uint32_t space, std::uint32_t origin,
                                 const storage::entry_header& header) const;
  void apply(const base::space_id& space, std::vector<storage::tail_entry> entries);
  void catch_up(const base::space_id& space, const replica& which, const version_vector& applied);
  void place(const base::space_id& space, replica& which);
  void start_exchange(const base::space_id& space, replica& which);
  void end_waits(const base::space_id& space, const base::error& why);
  replica* at(const base::space_id& space);
  const replica* at(const base::space_id& space) const;

  // how they compare (standing.cpp)
  /// Whether it may be read, and how old it is.
  void look(const base::space_id& space, replica& which);
  bool is_new(const base::space_id& space, const replica& which) const;
  bool is_whole(const replica& which) const;
  bool is_dispensable(const replica& which) const;
  bool is_replaceable(const replica& which) const;

  parts with_;
  base::instant steady_, wall_;
  std::map<base::store_id, peer> peers_; // all others, not left
  std::map<base::space_id, replica> replicas_;
  std::map<std::uint32_t, base::space_id> by_number_;
  std::map<std::uint64_t, base::space_id> waits_;
  base::instant next_beat_, next_full_beat_, next_disk_look_;
  pacer pacer_;
  bool disk_crowded_ = false;
  bool told_ = false; // who the members are; before, there may be any
};

} // namespace engram::actors

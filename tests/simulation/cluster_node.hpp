#pragma once
// One member of a cluster for the simulator: the real cores of membership, placement, replication
// and of the space, over one in-memory disk, put together as a node puts them together but without
// threads. What it sends goes to `outside`, as does what the checks want to know. Planted defects
// show that these bite.

#include "actors/core/partition.hpp"
#include "actors/core/router.hpp"
#include "membership/directory.hpp"
#include "membership/succession.hpp"
#include "membership/swim/swim.hpp"
#include "memory/text/analyser.hpp"
#include "storage/memory_store.hpp"
#include "storage/replication/replicator.hpp"

#include <map>
#include <memory>
#include <optional>

namespace engram::simulation {

struct cluster_defects {
  bool acknowledge_unsynced = false;
  bool count_one_copy = false; // a quorum is one copy
  bool skip_some_applies = false;
  bool invent_entries = false;
  bool skip_deletes = false;
  bool ignore_tokens = false;
  bool never_pull = false;
  bool drop_strays_early = false;
  bool wait_for_the_dead = false;
  bool forget_refutations = false; // membership hears no news
  bool ignore_drops = false;
  bool wall_clock_timers = false;
};

struct write_question {
  memory::operation what;
  actors::durability wanted = actors::durability::quorum;
};
struct read_question {
  std::string id;
};
struct question {
  base::space_id space;
  std::string token;
  std::variant<write_question, read_question> what;
};
struct answer {
  std::optional<base::errc> error;
  bool seen = false; // a read: the memory is visible
  std::string token;
};
using answer_to = std::function<void(answer)>;

class cluster_outside {
public:
  virtual ~cluster_outside() = default;
  virtual void packet(const base::store_id& from, const membership::envelope& what) = 0;
  virtual void message(const base::store_id& from, const base::store_id& to,
                       std::shared_ptr<const storage::message::any> what) = 0;
  virtual void persist(const base::store_id& who, std::uint64_t incarnation) = 0;
  virtual void issued(const base::hash128& operation) = 0;
  virtual void applied(const base::store_id& by, const storage::entry_header& entry) = 0;
  virtual void deleted(const base::store_id& by, const base::space_id& space,
                       const std::string& id) = 0;
  virtual void stood_at(const base::store_id& who, const base::space_id& space,
                        std::uint64_t digest, const base::hash128& state) = 0;
  virtual void copies_held(std::uint64_t write, const std::vector<base::store_id>& holders) = 0;
  virtual void asked_too_much(const base::store_id& who) = 0; // its disk refused
};

class cluster_node final : private storage::log_access {
public:
  struct parts {
    membership::member_record self; // incarnation: that of its disk
    std::vector<std::string> seeds;
    std::vector<membership::member_record> remembered;
    storage::memory_store& disk;
    base::entropy& entropy;
    const memory::analyser& words;
    cluster_outside& world;
    cluster_defects planted;
  };
  /// `now` is everybody's, `steady` this node's: it may run at another pace, but never jumps.
  cluster_node(parts with, base::instant now, base::instant steady, std::uint64_t seed);
  /// By how much the wall clock, which makes stamps, is off the steady one.
  void set_skew(base::duration skew) { skew_ = skew; }

  // -- messages and time; each ends with all that is durable applied --
  void tick_swim(base::instant now);
  base::instant next_swim() const { return swim_.next_tick(); }
  void hear(const membership::message& what, base::instant now);
  void receive(const base::store_id& from, const storage::message::any& what, base::instant steady);
  void tick(base::instant steady);
  /// Nothing was heard or written lately: ticks may be rarer.
  bool is_quiet() const { return steady_ > busy_until_; }
  void leave(base::instant now);

  // -- clients --
  /// As a replica; `done` once, perhaps later, or never when this node ends.
  void ask(const question& what, base::instant steady, answer_to done, std::uint64_t write);
  /// errc::too_few_replicas and others: definite.
  base::result<void> propose(
      const std::function<std::optional<membership::directory_op>(const membership::directory&)>&
          decide,
      base::instant steady);

  // -- looking --
  struct copy {
    base::space_id space;
    std::uint32_t number = 0;
    std::unique_ptr<storage::replicator> core;
    std::unique_ptr<actors::partition> part; // none: the directory
    std::shared_ptr<const actors::space_view> view;
    std::optional<memory::space_config> config;
    std::vector<base::store_id> placement;
    std::map<base::store_id, std::uint64_t> said, heard; // digests of heartbeats
    std::map<std::uint64_t, std::uint64_t> writes;       // partition's id -> world's
    std::uint64_t stood_at = 0;
  };
  const std::map<base::space_id, copy>& copies() const { return copies_; }
  const copy* find(const base::space_id& space) const;
  const membership::directory& directory() const { return directory_; }
  const membership::swim& swim() const { return swim_; }
  actors::route route_to(const base::space_id& space) const { return router_.find(space); }
  base::hash128 state_of(const copy& which) const;
  static bool shows(const copy& which, const std::string& id);
  /// Retired, and every space that was here is with those it fell to: it may leave.
  bool handed_over() const;
  /// Left, and all that was here is with those who hold it now.
  bool may_go() const;
  bool wants_reopening() const { return reopen_; }
  std::uint64_t snapshots() const { return snapshots_; }

private:
  struct waiting_read {
    question what;
    answer_to done;
    base::instant until;
  };
  void use(const std::function<void(storage::log_writer&, storage::catalog&)>& work) override {
    work(*log_, *runs_);
  }

  static constexpr base::duration busy{3'000};
  static constexpr std::uint64_t reserve_bytes = 20'000; // nothing is accepted beyond it

  // opening (cluster_opening.cpp)
  copy& open_space(const base::space_id& space, std::optional<memory::space_config> config);
  void load_memory(copy& which);
  void load_directory(copy& which);
  void restore_rows(copy& which, const std::vector<storage::vector_row>& rows);
  void replay(copy& which);

  // the log (cluster_log.cpp)
  bool write(const storage::batch& changes, bool sync);
  void commit();
  void take(const storage::log_outcome& outcome);
  void apply(copy& which, std::uint32_t origin, const std::vector<storage::entry_header>& entries,
             const std::vector<std::string>& payloads);
  void apply_directory(copy& which, std::uint32_t origin, const storage::entry_header& header,
                       std::string_view payload);
  std::optional<memory::prepared> read_entry(copy& which, std::uint32_t origin,
                                             const storage::entry_header& header,
                                             const std::string* at_hand);
  void carry_out(copy& which, actors::partition::effects effects);
  void carry_out(const base::space_id& space, storage::replicator::effects effects);
  void exchange(const base::space_id& space);
  void follow_directory();
  void drop(const base::space_id& space, bool for_good);

  // others
  void carry_out(const membership::swim_actions& actions);
  void members_changed();
  void settle_members(bool changed);
  static bool is_placed(const std::vector<base::store_id>& placement, const base::store_id& id);
  std::vector<base::store_id> placement_of(const base::space_id& space) const;
  void heartbeat();
  std::chrono::nanoseconds since_start() const { return std::chrono::milliseconds(steady_.ms); }
  bool has_left() const { return swim_.self().state == membership::member_state::left; }
  bool all_know(const storage::replicator& core) const;
  void send(const base::store_id& to, storage::message::any what);
  void give_up_long_dead(); // cluster_questions.cpp, as ask(), propose() and what follows
  void answer_reads();
  void read_now(const question& what, const answer_to& done);

  parts with_;
  base::store_id self_;
  base::instant steady_, busy_until_, next_beat_, next_full_beat_;
  membership::swim swim_;
  membership::succession succession_;
  actors::router router_;
  std::map<base::store_id, membership::member_state> members_; // others
  membership::directory directory_;
  std::optional<storage::catalog> runs_;
  std::optional<storage::log_writer> log_;
  std::map<base::space_id, copy> copies_;
  std::map<std::uint32_t, base::space_id> by_number_;
  std::map<std::uint64_t, std::pair<actors::write_reply, answer_to>> answers_; // await's id
  std::map<std::uint64_t, std::uint64_t> awaited_;                             // -> world's write
  std::map<std::pair<base::space_id, std::uint64_t>, answer_to> asked_;
  std::vector<waiting_read> reads_;
  std::uint64_t last_id_ = 0, applies_ = 0, snapshots_ = 0;
  base::duration skew_{0};
  bool reopen_ = false, committing_ = false;
};

} // namespace engram::simulation

#pragma once
// One member of a cluster for the simulator: the real cores of membership, placement, replication
// and of the space, over one in-memory disk, put together as a node puts them together but without
// threads. What it sends goes to `outside`, as does what the checks want to know. Planted defects
// show that these bite.

#include "actors/core/partition.hpp"
#include "actors/core/router.hpp"
#include "actors/replication/replica_set.hpp"
#include "membership/concepts/concept_gossip.hpp"
#include "membership/directory.hpp"
#include "membership/succession.hpp"
#include "membership/swim/swim.hpp"
#include "memory/concepts/consolidator.hpp"
#include "memory/text/analyser.hpp"
#include "storage/memory_store.hpp"

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
  bool consolidate_by_ordinals = false; // concepts depend on the order of arrival
  bool keep_sheets = false;             // of a space that has moved on
  bool fresh_names = false;             // a stream's item is named anew when it is sent again
  bool read_one_copy = false;           // a quorum read asks one replica
  bool trust_old_news = false;          // what was said long ago still holds
};

struct write_question {
  memory::operation what;
  actors::durability wanted = actors::durability::quorum;
};
struct read_question {
  std::string id;
};
/// What the replica holds durably, for a quorum read.
struct vector_question {};
struct question {
  base::space_id space;
  std::string token;
  std::variant<write_question, read_question, vector_question> what;
};
struct answer {
  std::optional<base::errc> error;
  bool seen = false; // a read: the memory is visible
  std::string token; // of a vector: the vector
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
  virtual void sheet(const base::store_id& from, const base::store_id& to,
                     std::shared_ptr<const membership::sheet_message::any> what) = 0;
  virtual void consolidated(const base::store_id& who, const base::space_id& space,
                            std::uint64_t digest, const base::hash128& concepts) = 0;
};

class cluster_node final : private storage::log_access, private actors::replica_ports {
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
  void hear_sheet(const base::store_id& from, const membership::sheet_message::any& what,
                  base::instant steady);
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
    std::unique_ptr<actors::partition> part; // none: the directory
    std::shared_ptr<const actors::space_view> view;
    std::optional<memory::space_config> config;
    std::map<std::uint64_t, std::uint64_t> writes; // partition's id -> world's
    std::uint64_t stood_at = 0;
    bool readable = false;
    base::instant sure_at;
    // concepts
    std::unique_ptr<memory::consolidator> engine;
    actors::version_vector consolidated_at, seen_at;
    base::instant calm_since, consolidate_next;
    std::optional<membership::sheet_version> published;
  };
  const std::map<base::space_id, copy>& copies() const { return copies_; }
  const copy* find(const base::space_id& space) const;
  /// Requires: find(space).
  const storage::replicator& core_of(const base::space_id& space) const {
    return *replicas_->find(space);
  }
  /// As an answer from this copy would claim.
  base::duration stale(const copy& which) const;
  /// Covered, but kept: this run wrote to it, and its sequences must not come again.
  bool must_keep(const base::space_id& space) const {
    return replicas_->is_covered(space) && !replicas_->may_let_go(space);
  }
  const membership::directory& directory() const { return directory_; }
  const membership::concept_gossip& sheets() const { return sheets_; }
  const membership::swim& swim() const { return swim_; }
  actors::route route_to(const base::space_id& space) const { return router_.find(space); }
  base::hash128 state_of(const copy& which) const;
  static bool shows(const copy& which, const std::string& id);
  /// Retired, and every space that was here is with those it fell to: it may leave.
  bool handed_over() const;
  /// No other live member is known to have all of some space that lies here.
  bool is_needed() const;
  bool wants_reopening() const { return reopen_; }
  std::uint64_t snapshots() const { return counted_.snapshots.value(); }

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
  bool load_memory(copy& which);
  void load_directory(copy& which);
  std::vector<storage::tail_entry> restore_log(copy& which);

  // the log (cluster_log.cpp)
  bool write(const storage::batch& changes, bool sync);
  void commit();
  void take(const storage::log_outcome& outcome);
  void apply(copy& which, std::vector<storage::tail_entry> entries);
  void apply_directory(copy& which, const storage::tail_entry& entry);
  void carry_out(copy& which, actors::partition::effects effects);

  // replica_ports (cluster_ports.cpp)
  std::vector<base::store_id> placement_of(const base::space_id& space) override;
  void want(const base::space_id&) override { directory_moved_ = true; }
  bool has_room() override;
  bool write(const storage::batch& changes) override { return write(changes, true); }
  void send(const base::store_id& to, storage::message::any what) override;
  void apply(const base::space_id& space, std::vector<storage::tail_entry> entries) override;
  void stands(const base::space_id& space, const actors::copy_standing& how) override;
  void read_account(const base::space_id& space, std::uint32_t number,
                    storage::account_wish which) override;
  void exchange(const base::space_id& space) override { exchanging_ = space; }
  void answer(std::uint64_t wait, base::result<std::vector<base::store_id>> holders) override;
  void joined() override {}
  void run_forked() override { reopen_ = true; }

  void tell_time(base::instant steady);
  void settle();
  void follow_directory();
  void drop(const base::space_id& space, bool for_good);

  // others
  void carry_out(const membership::swim_actions& actions);
  void members_changed();
  void settle_members(bool changed);
  std::chrono::nanoseconds since_start() const { return std::chrono::milliseconds(steady_.ms); }
  bool has_left() const { return swim_.self().state == membership::member_state::left; }
  // concepts (cluster_concepts.cpp)
  void look_at_concepts();
  void consolidate(copy& which);
  void carry_out(const membership::concept_gossip::effects& effects);

  void give_up_long_dead(); // cluster_questions.cpp, as ask(), propose() and what follows
  void answer_reads();
  void read_now(const question& what, const answer_to& done);

  parts with_;
  base::store_id self_;
  base::instant steady_, busy_until_;
  membership::swim swim_;
  membership::succession succession_;
  actors::router router_;
  std::map<base::store_id, membership::member_state> members_; // others
  membership::directory directory_;
  membership::concept_gossip sheets_;
  std::optional<storage::catalog> runs_;
  std::optional<storage::log_writer> log_;
  base::registry registry_;
  actors::replication_counters counted_{registry_};
  std::optional<actors::replica_set> replicas_;
  std::map<base::space_id, copy> copies_;
  std::map<std::uint32_t, base::space_id> by_number_;
  std::map<std::uint64_t, std::pair<actors::write_reply, answer_to>> answers_; // await's id
  std::map<std::uint64_t, std::uint64_t> awaited_;                             // -> world's write
  std::map<std::pair<base::space_id, std::uint64_t>, answer_to> asked_;
  std::vector<waiting_read> reads_;
  std::uint64_t last_id_ = 0, applies_ = 0;
  base::duration skew_{0};
  std::optional<base::space_id> exchanging_;
  bool reopen_ = false, committing_ = false, directory_moved_ = false;
};

} // namespace engram::simulation

#pragma once
// One replica of one space: follower, puller, write quorum, strays, forks and snapshots put
// together, the same in a node and in the simulator. Pure but for reads of the store. Owner: one
// actor per space, or the simulator. docs/formats/replication.md lists what is said.
//
// Drive. Opening: load state, vector and log tail; restore() each vector row and each entry of the
// tail that was applied again (up to the first gap), placed(). Then receive() for what a link
// brings, tick() on a timer (0.1 .. 1 s), heard_digest() for each heartbeat of a peer; digest()
// travels in one's own. Writes: formed() may be told of an own outcome while its batch is being
// written, and pushes it; durable() for every outcome of the log, once its batch is on disk, own
// and foreign ones; entries are applied by the caller; await() with what must be held elsewhere
// before the answer. Effects are carried out in this order: write `changes` with sync, send, answer
// `writes`, report `forks`, `next`. Outcomes with ticket 0 are this core's own: nobody waits for
// them, apply them.
//
// Invariants: nothing is said to be here that is not on disk; once `next` is not go_on, nothing
// more is done until the space was opened again.

#include "storage/replication/branches.hpp"
#include "storage/replication/erasures.hpp"
#include "storage/replication/hash_watch.hpp"
#include "storage/replication/own_tail.hpp"
#include "storage/replication/puller.hpp"
#include "storage/replication/snapshot_source.hpp"
#include "storage/replication/snapshot_target.hpp"
#include "storage/replication/stray_keeper.hpp"
#include "storage/replication/trim_floor.hpp"
#include "storage/replication/write_quorum.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace engram::storage {

/// What all spaces of a store share.
class log_access {
public:
  virtual ~log_access() = default;
  /// Alone with both, briefly. What is queued or noted there goes with the next batch.
  virtual void use(const std::function<void(log_writer&, catalog&)>& work) = 0;
};

struct replicator_settings {
  pull_limits pull;
  snapshot_limits give;
  std::uint64_t chunk_bytes = 1u << 20;
  base::duration snapshot_patience{30'000}; // without a chunk; then the snapshot is given up
  base::duration explain_patience{30'000};  // with bodies that came erased (erasures.hpp)
  base::duration offer_every{1'000};        // of strays
  watch_rules watch;
};

class replicator {
public:
  struct parts {
    base::store_id self;
    base::space_id space;
    std::uint32_t number = 0; // of the space in this store
    const store& disk;
    log_access& log;
    base::entropy& entropy;
    base::instant now{}; // as with everything that follows: steady
  };
  enum class step : std::uint8_t {
    go_on,
    new_run,  // the own run was written elsewhere too: the store is opened again, as a new run
    exchange, // a snapshot is here: settle the log, finish_snapshot(), open the space again
  };
  struct effects {
    batch changes;
    std::vector<outgoing> send;
    std::vector<write_quorum::outcome> writes;
    std::vector<log_range> forks;
    account_wish wish = account_wish::none; // asked until it is answered
    step next = step::go_on;
  };

  explicit replicator(parts with, replicator_settings how = {});
  ~replicator();

  // -- opening --
  void restore(const base::origin_id& origin, const log_mark& held);
  /// Whenever the placement changes. Without this store in it, what is here is a stray.
  void placed(std::vector<base::store_id> placement);

  // -- writing --
  effects formed(const log_outcome& outcome, base::instant now);
  effects durable(const log_outcome& outcome, base::instant now);
  /// `id` comes back in effects.writes, at the latest with the tick after `deadline`. `needs`
  /// empty: all that is here, for a write that was here already. Requires: what it needs is durable
  /// here.
  effects await(std::uint64_t id, std::vector<needed_entries> needs, std::size_t copies,
                base::instant deadline, base::instant now);

  // -- talking --
  std::uint64_t digest() const { return held().digest(); }
  effects heard_digest(const base::store_id& peer, std::uint64_t digest, base::instant now);
  effects receive(const base::store_id& from, const message::any& what, base::instant now);
  effects tick(base::instant now);
  void lost(const base::store_id& peer);
  /// One of the effects' pulls was not sent; a tick asks for it again.
  void held_back(const message::pull& what) { puller_.held_back(what.origin); }

  /// The log is settled. Error: given up, everything goes on as before. Otherwise `changes` is
  /// written with sync and the space is opened again under the returned number.
  base::result<std::uint32_t> finish_snapshot(batch& changes);
  effects account(const base::result<state_account>& what, base::instant now);
  /// Of the vector where the account stands.
  std::uint64_t digest_of(const state_account& what) const;
  /// This replica's state is not to be trusted, as opening it or a comparison showed: nobody is
  /// given it, and another's is taken, whoever has one. True until the space is opened again.
  void distrust() { distrusted_ = true; }
  bool is_distrusted() const noexcept { return distrusted_; }

  // -- looking --
  const log_vector& held() const noexcept { return follower_.held(); }
  /// What the peer last said it holds; null: not heard.
  const log_vector* known(const base::store_id& peer) const { return puller_.known(peer); }
  const std::set<base::origin_id>& forked() const noexcept { return follower_.forked(); }
  trim_floors trim_floor_of(const vector_row& row, const std::set<base::store_id>& dead_too_long);
  bool may_trim() const noexcept { return !target_; }
  bool is_stray() const noexcept { return stray_; }
  /// A stray that every replica holds, all that is here now: the copy may go.
  bool is_covered() const { return stray_ && strays_.covered(placement_, held()); }
  std::uint64_t forks_lost() const noexcept { return forks_lost_; }
  /// Offers refused since the last snapshot that came, because taking them would lose what is here
  /// only as state. Growing: somebody has to look.
  std::uint64_t offers_refused() const noexcept { return offers_refused_; }
  const hash_watch& watch() const noexcept { return watch_; }
  /// False: a body came erased, and the delete that explains it may not be here yet; state hashes
  /// say nothing now.
  bool is_comparable() const { return !erasures_.is_open(held()); }

private:
  void on(const base::store_id& from, const message::digests& m, effects& out);
  void on(const base::store_id& from, const message::vector& m, effects& out);
  void on(const base::store_id& from, const message::pull& m, effects& out);
  void on(const base::store_id& from, const message::entries& m, effects& out);
  void on(const base::store_id& from, const message::acknowledgement& m, effects& out);
  void on(const base::store_id& from, const message::fork_notice& m, effects& out);
  void on(const base::store_id& from, const message::snapshot_request& m, effects& out);
  void on(const base::store_id& from, const message::snapshot_offer& m, effects& out);
  void on(const base::store_id& from, const message::snapshot_chunk& m, effects& out);
  void on(const base::store_id& from, const message::state_hashes& m, effects& out);

  std::optional<std::uint32_t> number_of(const base::origin_id& origin);
  std::optional<base::hash128> own_running(const base::origin_id& origin, std::uint64_t sequence);
  void note_claim(const base::store_id& from, const log_vector& theirs, effects& out);
  void take(const base::store_id& from, const message::entries& m, effects& out);
  void push(const log_outcome& outcome, effects& out);
  void own_entries(const log_outcome& outcome, effects& out);
  void pull_more(effects& out);
  void add(std::vector<outgoing> list, effects& out) const;
  void add(std::vector<write_quorum::outcome> done, effects& out) const;
  void say(const base::store_id& to, message::any what, effects& out) const;
  effects end(effects out);

  void ask_headers(const base::store_id& peer, const base::origin_id& origin, effects& out);
  void judge_branches(const base::store_id& peer, const message::entries& theirs, effects& out);
  bool append_again(const base::origin_id& origin, std::uint64_t from);
  void settle_forks();

  void take_snapshot(const base::store_id& peer, effects& out);
  void give_up_snapshot();
  void tick_snapshots(effects& out);
  void tick_state(effects& out);
  void compare_early();
  void note_unexplained(bool open);
  bool is_unexplained_for_long() const;
  void make_do_in_turn();
  std::unique_ptr<snapshot_source>
  open_source(message::snapshot_offer offer, const base::store_id& peer, const log_vector& theirs);
  void add_doubtful(const base::store_id& peer, const log_vector& theirs,
                    message::snapshot_offer& offer);

  parts with_;
  replicator_settings how_;
  run_row self_run_;
  own_tail pushed_;
  std::map<base::store_id, log_mark> early_; // acknowledged before the disk here has it
  follower follower_;
  puller puller_;
  write_quorum quorum_;
  stray_keeper strays_;
  hash_watch watch_;
  bool distrusted_ = false;
  base::instant next_rebuild_;
  std::vector<base::store_id> placement_;
  bool stray_ = false;
  base::instant now_, next_offer_;
  step next_ = step::go_on;
  std::map<base::origin_id, std::uint32_t> numbers_; // local; never change
  std::map<base::store_id, log_vector> verified_;    // of peers: begins like the own logs

  std::map<base::store_id, std::map<base::origin_id, branch_verdict>> forks_; // by peer
  std::map<base::origin_id, std::uint64_t> appended_; // from where, its entries were appended again
  std::set<base::origin_id> settled_;                 // forks that may be forgotten
  std::uint64_t forks_lost_ = 0, offers_refused_ = 0;
  erasures erasures_;
  bool unexplained_ = false; // the disk says that some of these are open
  std::map<base::store_id, message::state_hashes> early_hashes_; // until is_comparable()

  std::map<base::store_id, std::unique_ptr<snapshot_source>> sources_; // by receiver
  std::optional<snapshot_target> target_;
  base::store_id target_from_;
  base::instant target_until_;
};

} // namespace engram::storage

#pragma once
// A whole cluster under a seeded network, seeded clients and a schedule of seeded faults, in one
// thread and virtual time; nothing happens between two events, so idle time costs nothing. Checks
// the invariants as it goes; the first that breaks ends the run. The same seed gives the same run,
// and the same faults without some of them gives a shorter one: shrink().

#include "tests/simulation/cluster_node.hpp"

#include <set>
#include <unordered_set>

namespace engram::simulation {

enum class fault_kind : std::uint8_t {
  cut, // both ways, between two
  cut_one_way,
  isolate, // from all others
  split,   // a minority from the rest
  bridge,  // two halves that only one member hears
  ring,    // each hears its neighbours only
  flap,    // isolated and back, five times
  pause,
  crash,     // what was not synced is gone
  blackout,  // all of them at once
  old_disk,  // restored from a copy, or lost when there is none
  lost_tail, // a bit flipped in the log's last bytes: batches that were synced are gone
  bit_flip,  // in the state, found at opening
  clone,     // another's disk
  full_disk,
  clock_jump,
  drift,
  join,
  leave,
  decommission, // retired while it lives: it hands over and leaves
  replace,      // retired when it is dead for good
  remove,       // dead for good, and nobody says so: given up after a while
  create,       // a space
  drop,
};
constexpr std::size_t fault_kinds = 24;

struct fault {
  base::duration at{0};
  fault_kind what = fault_kind::cut;
  std::size_t who = 0, other = 0;
  std::int64_t amount = 0; // ms
};

struct cluster_options {
  std::size_t nodes = 5, spares = 1, spaces = 3;
  double operations_per_second = 20, write_share = 0.5, delete_share = 0.1, local_share = 0.1,
         quorum_reads = 0.03; // of reads
  double loss = 0.03, duplicate = 0.02;
  std::int64_t delay_ms = 30;
  base::duration faulty{30'000}, quiet{60'000};
  std::size_t faults = 14, streams = 2;
  bool trace = false; // to stderr
  cluster_defects planted;
};

std::vector<fault> draw_faults(std::uint64_t seed, const cluster_options& options);
std::string describe(const fault& what);

class cluster_world final : public cluster_outside {
public:
  cluster_world(std::uint64_t seed, const cluster_options& options, std::vector<fault> faults);
  ~cluster_world() override;

  /// Faults, then quiet until all agree. The first violation; empty: none.
  std::string run();
  /// No faults, no checks at the end; for figures.
  void run_for(base::duration time) { run_until(now_ + time); }

  struct tally {
    std::uint64_t events = 0, operations = 0, answered = 0, acknowledged = 0, reads_seen = 0,
                  reopened = 0, snapshots = 0, drops = 0, gone = 0, replaced = 0, flipped = 0,
                  streamed = 0, sent_again = 0, quorum_reads = 0, consolidated = 0, claims = 0,
                  agreed_after_ms = 0;
  };
  const tally& counted() const noexcept { return tally_; }

private:
  struct slot;
  struct session {
    std::map<base::space_id, actors::version_vector> seen;
    std::map<base::space_id, std::vector<std::size_t>> writes;
  };
  /// Numbered items, one after the other, each sent again through another member until it is
  /// settled.
  struct stream {
    std::size_t session = 0;
    std::optional<base::space_id> space; // another after a drop
    std::vector<std::size_t> items;      // by number
    std::uint64_t attempts = 0;          // at the last
    base::instant sent;
    bool settled = true;
  };
  struct written {
    base::space_id space;
    std::string id;
    base::instant at;
    bool deleted = false; // somebody asked for it
    bool acknowledged = false;
    base::instant acknowledged_at{};
    std::vector<std::pair<std::size_t, std::uint64_t>> holders; // slot, its disk's generation
  };

  // cluster_outside
  void packet(const base::store_id& from, const membership::envelope& what) override;
  void message(const base::store_id& from, const base::store_id& to,
               std::shared_ptr<const storage::message::any> what) override;
  void persist(const base::store_id& who, std::uint64_t incarnation) override;
  void issued(const base::hash128& operation) override { issued_.insert(operation); }
  void applied(const base::store_id& by, const storage::entry_header& entry) override;
  void deleted(const base::store_id& by, const base::space_id& space,
               const std::string& id) override;
  void stood_at(const base::store_id& who, const base::space_id& space, std::uint64_t digest,
                const base::hash128& state) override;
  void copies_held(std::uint64_t write, const std::vector<base::store_id>& holders) override;
  void asked_too_much(const base::store_id& who) override;
  void sheet(const base::store_id& from, const base::store_id& to,
             std::shared_ptr<const membership::sheet_message::any> what) override;
  void consolidated(const base::store_id& who, const base::space_id& space, std::uint64_t digest,
                    const base::hash128& concepts) override;

  static std::int64_t drawn(base::random& random, std::int64_t below);

  // time and network
  void at(base::duration later, std::function<void()> what);
  void run_until(base::instant end);
  void carry(std::size_t from, std::size_t to, bool may_be_lost, std::function<void(slot&)> what);
  void deliver(std::size_t to, const std::function<void(slot&)>& what);
  base::instant steady(const slot& who) const;

  // nodes
  void start(slot& who);
  void stop(slot& who, bool power);
  void replace_disk(slot& who, std::unique_ptr<storage::memory_store> disk);
  void schedule_swim(slot& who);
  void schedule_tick(slot& who, base::duration later);
  void tick(slot& who);
  void leave(slot& who);
  void care(slot& who);
  slot& index(const base::store_id& id) const;

  // faults
  void strike(const fault& what);
  void strike_network(const fault& what);
  void strike_disk(slot& who, const fault& what);
  void strike_members(slot& who, const fault& what);
  void crash(slot& who, base::duration down);
  bool flip_bit(slot& who);
  bool somebody_goes() const;
  void retire(const base::store_id& whom);
  void cut(std::size_t a, std::size_t b, bool on, bool both = true);
  void settle_drift(slot& who);
  void isolate(std::size_t who, bool on);
  void end_faults();

  // clients
  void client();
  void operate();
  void ask(std::size_t contact, const question& what, std::uint64_t write, answer_to done);
  void ask_replica(std::size_t contact, std::size_t to, const question& what, std::uint64_t write,
                   answer_to done);
  void answered(std::size_t who, const question& what, std::optional<std::size_t> write,
                const answer& got);
  void quorum_read(std::size_t contact, std::size_t who, std::size_t write);
  bool is_intact(const written& what) const;
  bool is_promised(const written& what, const actors::route& in) const;
  void run_stream(std::size_t number);
  void send_item(std::size_t number, std::size_t contact);
  std::string item_id(std::size_t number, std::uint64_t item, std::uint64_t attempt) const;
  void create_space(std::size_t at_node, const std::string& name);
  void drop_space(std::size_t at_node, const std::string& name);

  // what must hold
  void check(slot& who);
  void check_claim(const slot& who);
  std::string disagreement() const;
  std::string space_disagreement(const membership::space_row& row) const;
  std::string sheet_disagreement() const;
  void check_streams();
  void check_end();
  void fail(std::string what);
  void trace(const std::string& what) const;

  cluster_options options_;
  base::random random_;
  base::instant now_{1'700'000'000'000};
  base::instant began_ = now_;
  std::uint64_t order_ = 0;
  std::map<std::pair<base::instant, std::uint64_t>, std::function<void()>> events_; // by time
  std::vector<std::unique_ptr<slot>> slots_;
  std::vector<std::vector<int>> cut_; // from, to: how often
  std::vector<fault> faults_;
  bool faulty_ = true;
  memory::analyser words_{"english"};

  std::set<std::string> names_;      // that were created and not dropped
  std::vector<session> sessions_{6}; // the last ones are the streams'
  std::vector<written> writes_;
  std::unordered_set<base::hash128, base::hash128_hasher> issued_;
  std::map<std::pair<base::space_id, std::uint64_t>, base::hash128> states_, concepts_;
  std::vector<stream> streams_;
  double client_ms_ = 0; // until its next operation
  std::string violation_;
  tally tally_;
};

/// By their places in `faults`: so few of them that without any one the violation, or one that
/// begins like it, is gone.
std::vector<std::size_t> shrink(std::uint64_t seed, const cluster_options& options,
                                const std::vector<fault>& faults);
std::vector<fault> chosen(const std::vector<fault>& faults, const std::vector<std::size_t>& places);

} // namespace engram::simulation

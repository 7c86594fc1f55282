#pragma once
// A few replicas of one space under a seeded network and seeded disasters, in one thread and
// virtual time. Checks the invariants as it goes; violation() names the first that broke. The same
// seed gives the same run.

#include "tests/simulation/replica.hpp"
#include "tests/support/entry_set.hpp"

#include <functional>
#include <queue>

namespace engram::simulation {

struct world_options {
  std::size_t replicas = 3;
  bool forced_trims = false;
  double loss = 0.1, duplicate = 0.05;
  std::int64_t delay_ms = 60;
  bool damage = false;     // what a crash leaves has a flipped bit in its state
  bool rot = false;        // state on a disk becomes other state, and its checksum with it
  bool misapplied = false; // the planted wrong state is to be healed, not to be reported
  bool moves = false;      // a spare takes a replica's place
  bool partitions = true, crashes = true, lost_disks = true, forks = true, trims = true;
  base::duration faulty{15'000}, quiet{60'000};
  std::size_t writes = 80;
  bool trace = false; // to stderr
  defects planted;
};

/// What seed n is run with when nothing else is said: every kind of world in turn.
world_options options_of(std::uint64_t seed);

class replication_world final : public outside {
public:
  replication_world(std::uint64_t seed, const world_options& options);
  ~replication_world() override;

  /// Faults, then quiet until all agree. Returns the first violation; empty: none.
  std::string run();

  struct tally {
    std::uint64_t acknowledged = 0, moves = 0, strays_gone = 0, damaged = 0, rotten = 0,
                  rot_found = 0, diverged = 0, crashes = 0, lost_disks = 0, forks = 0,
                  forks_lost = 0, snapshots = 0, messages = 0;
  };
  const tally& counted() const noexcept { return tally_; }

  void send(const base::store_id& from, const base::store_id& to, std::string bytes) override;
  void acknowledged(const base::store_id& by, std::uint64_t write,
                    const std::vector<base::store_id>& holders) override;
  void applied(const base::store_id& by, const storage::entry_header& entry, bool erased) override;
  void stood_at(const base::store_id& who, std::uint64_t digest,
                const base::hash128& state) override;

private:
  struct slot;
  struct event {
    base::instant at;
    std::uint64_t order = 0;
    std::function<void()> what;
    bool operator<(const event& other) const {
      return at != other.at ? at > other.at : order > other.order; // the earliest on top
    }
  };
  struct acknowledged_write {
    std::uint64_t write = 0;
    std::vector<std::pair<std::size_t, std::uint64_t>> holders; // slot, its disk's generation
  };

  void at(base::duration later, std::function<void()> what);
  void run_until(base::instant end);
  std::size_t index_of(const base::store_id& id) const;
  void start(slot& who);
  void stop(slot& who, bool power);
  void replace_disk(slot& who, std::unique_ptr<storage::memory_store> disk);
  void tick(std::size_t i);
  void client();
  void disaster();
  void fork_from(slot& who, slot& from);
  void move();
  void rot();
  bool is_clean(const slot& who) const;
  bool is_placed(const slot& who) const;
  void check_one(slot& who);
  bool agreed() const;
  std::string where_all_stand() const;
  void check_end();
  void fail(std::string what);
  void trace(const std::string& what) const;

  world_options options_;
  base::random random_;
  base::instant now_{1'700'000'000'000};
  std::uint64_t order_ = 0;
  std::priority_queue<event> events_;
  std::vector<std::unique_ptr<slot>> slots_;
  std::vector<std::vector<bool>> cut_; // from, to
  bool faults_ = true;
  memory::space_config config_;
  memory::analyser words_{"english"};
  environment where_;
  std::vector<base::store_id> placement_; // of now; members learn of it one by one
  std::vector<memory::log_entry> script_;
  std::size_t next_write_ = 0;
  std::vector<base::instant> written_at_;             // by index of script_
  std::map<base::hash128, std::size_t> by_operation_; // operation -> index of script_
  std::vector<acknowledged_write> acknowledged_;
  std::map<std::uint64_t, base::hash128> states_; // of a vector's digest
  std::string violation_;
  tally tally_;
};

} // namespace engram::simulation

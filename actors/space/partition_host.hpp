#pragma once
// One open space's partition with what it acts on: carries out the core's effects on log, slot and
// askers. No CAF: the partition actor around it brings the thread. Owner and thread: that actor.
//
// Invariant: every job taken is answered exactly once, by abandon() at the latest.

#include "actors/core/space_keeper.hpp"
#include "actors/log/log_thread.hpp"
#include "actors/space/space_slot.hpp"

#include <unordered_map>

namespace engram::actors {

/// Copies of what was written, on other replicas. Thread: any.
class copies_port {
public:
  virtual ~copies_port() = default;
  /// `done` with how many stores hold it, this one included; or why nobody can tell (indefinite).
  virtual void await(const base::space_id& space, std::vector<storage::needed_entries> needs,
                     durability wanted, reply<std::size_t> done) = 0;
};

class partition_host {
public:
  partition_host(std::unique_ptr<partition> core, std::shared_ptr<space_slot> slot, log_thread& log,
                 copies_port& copies);
  ~partition_host();
  partition_host(const partition_host&) = delete;
  partition_host& operator=(const partition_host&) = delete;

  /// What opening left to do: the first view, and what the replayed tail changed.
  void start();
  void step_write(write_job& job);
  void step_logged(std::vector<log_outcome> outcomes);
  void step_foreign(std::vector<foreign_entry> entries);
  /// False: nothing was left to do.
  bool step_quiet();
  /// Grows with every outcome: equal twice, and nothing was written in between.
  std::uint64_t outcomes_heard() const noexcept { return outcomes_heard_; }
  bool idle() const { return core_->idle(); }
  /// The partition can no longer be trusted: askers hear `why`, the rest is as on the disk.
  void abandon(const base::error& why);

  const space_slot& slot() const noexcept { return *slot_; }
  /// The entry that was being applied when something was thrown.
  std::optional<log_place> failing() const;

private:
  void carry_out(partition::effects effects);
  void answer(partition::finished_write finished);

  std::unique_ptr<partition> core_;
  std::shared_ptr<space_slot> slot_;
  log_thread& log_;
  copies_port& copies_;
  std::unordered_map<std::uint64_t, reply<write_reply>> askers_;
  std::uint64_t last_request_ = 0, outcomes_heard_ = 0;
};

} // namespace engram::actors

#pragma once
// One replica of one space for the simulator: the real replicator, log writer, catalog and
// cognitive state over an in-memory disk, driven as a node drives them but without threads. What
// it sends and reports goes to `outside`. Planted defects show that the checks of the world bite.

#include "memory/space.hpp"
#include "memory/text/analyser.hpp"
#include "storage/memory_store.hpp"
#include "storage/replication/replicator.hpp"

#include <memory>
#include <optional>

namespace engram::simulation {

struct defects {
  bool acknowledge_unsynced = false;
  bool skip_some_applies = false;
  bool invent_entries = false;
  bool snapshot_without_graves = false;
  bool never_pull = false;
  bool skip_deletes = false;
  bool drop_strays_early = false;
  bool serve_damaged = false;
  bool ignore_forks = false;
  bool never_compare = false;
};

/// What a replica needs from the world around it.
class outside {
public:
  virtual ~outside() = default;
  virtual void send(const base::store_id& from, const base::store_id& to, std::string bytes) = 0;
  virtual void acknowledged(const base::store_id& by, std::uint64_t write,
                            const std::vector<base::store_id>& holders) = 0;
  /// `erased`: without its payload, for it was deleted where it came from.
  virtual void applied(const base::store_id& by, const storage::entry_header& entry,
                       bool erased) = 0;
  virtual void stood_at(const base::store_id& who, std::uint64_t digest,
                        const base::hash128& state) = 0;
};

struct environment {
  const memory::space_config& config;
  const memory::analyser& words;
  std::vector<base::store_id> placement;
  defects planted;
};

class replica final : private storage::log_access {
public:
  replica(base::store_id self, storage::memory_store& disk, base::entropy& entropy,
          const environment& where, outside& world, base::instant now);

  /// False: refused, definite.
  bool write(std::uint64_t id, const memory::prepared& what, base::instant now);
  void receive(const base::store_id& from, std::string_view bytes, base::instant now);
  void tick(base::instant now);
  void trim(base::instant now, bool forced);
  void placed(std::vector<base::store_id> placement);
  /// Its state could not be read whole: out of service until another's has come.
  bool is_damaged() const noexcept { return damaged_ || core_->is_distrusted(); }
  /// What lies on its disk is what was written there.
  bool is_disk_clean() const;
  /// A stray that every replica holds.
  bool may_go() const;
  /// The own run was seen forked, or a snapshot has come: it is to be opened again.
  bool wants_reopening() const noexcept { return reopen_; }

  const memory::space& space() const noexcept { return *space_; }
  const storage::hash_watch& watch() const noexcept { return core_->watch(); }
  std::uint32_t number() const noexcept { return number_; }
  const storage::log_vector& held() const noexcept { return core_->held(); }
  std::uint64_t snapshots_taken() const noexcept { return snapshots_; }
  std::uint64_t forks_lost() const noexcept { return core_->forks_lost(); }

private:
  void use(const std::function<void(storage::log_writer&, storage::catalog&)>& work) override {
    work(*log_, *runs_);
  }
  void open(base::instant now);
  void load_state();
  void open_tail();
  void apply_from_disk(std::uint32_t origin, const storage::entry_header& header);
  void commit(base::instant now);
  void await(const storage::log_outcome& outcome, base::instant now);
  void carry_out(storage::replicator::effects effects, base::instant now);
  void exchange(base::instant now);
  void send(const base::store_id& to, storage::message::any what);

  base::store_id self_;
  storage::memory_store& disk_;
  base::entropy& entropy_;
  environment where_;
  outside& world_;
  std::optional<storage::catalog> runs_;
  std::optional<storage::log_writer> log_;
  std::optional<storage::replicator> core_;
  std::unique_ptr<memory::space> space_;
  std::uint32_t number_ = 0;
  std::uint64_t ticket_ = 0, applies_ = 0, snapshots_ = 0;
  std::map<std::uint64_t, std::uint64_t> writes_; // ticket -> write
  std::map<base::store_id, base::instant> heard_; // of peers, last
  bool reopen_ = false, damaged_ = false;
  std::uint64_t stood_at_ = 0;
};

} // namespace engram::simulation

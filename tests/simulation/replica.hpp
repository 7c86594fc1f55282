#pragma once
// One replica of one space for the simulator: the real replication cores, log writer, catalog and
// cognitive state over an in-memory disk, driven as a node drives them but without threads. What
// it sends and reports goes to `outside`. Planted defects show that the checks of the world bite.

#include "memory/space.hpp"
#include "memory/text/analyser.hpp"
#include "storage/memory_store.hpp"
#include "storage/replication/branches.hpp"
#include "storage/replication/puller.hpp"
#include "storage/replication/snapshot_source.hpp"
#include "storage/replication/snapshot_target.hpp"
#include "storage/replication/write_quorum.hpp"

#include <memory>
#include <optional>

namespace engram::simulation {

struct defects {
  bool acknowledge_unsynced = false;
  bool skip_some_applies = false;
  bool invent_entries = false;
  bool snapshot_without_graves = false;
  bool never_pull = false;
  bool ignore_forks = false;
};

/// What a replica needs from the world around it.
class outside {
public:
  virtual ~outside() = default;
  virtual void send(const base::store_id& from, const base::store_id& to, std::string bytes) = 0;
  virtual void acknowledged(const base::store_id& by, std::uint64_t write,
                            const std::vector<base::store_id>& holders) = 0;
  virtual void applied(const base::store_id& by, const storage::entry_header& entry) = 0;
  virtual void stood_at(const base::store_id& who, std::uint64_t digest,
                        const base::hash128& state) = 0;
};

struct environment {
  const memory::space_config& config;
  const memory::analyser& words;
  std::vector<base::store_id> placement;
  defects planted;
};

class replica {
public:
  replica(base::store_id self, storage::memory_store& disk, base::entropy& entropy,
          const environment& where, outside& world, base::instant now);

  /// False: refused, definite.
  bool write(std::uint64_t id, const memory::prepared& what, base::instant now);
  void receive(const base::store_id& from, std::string_view bytes, base::instant now);
  void tick(base::instant now);
  void trim(base::instant now, bool forced);
  /// The own run was seen forked, or a snapshot has come: it is to be opened again.
  bool wants_reopening() const noexcept { return reopen_; }

  const memory::space& space() const noexcept { return *space_; }
  const storage::log_vector& held() const noexcept { return follower_->held(); }
  std::uint64_t snapshots_taken() const noexcept { return snapshots_; }
  std::uint64_t forks_lost() const noexcept { return forks_lost_; }

private:
  void open(base::instant now);
  void open_tail(base::instant now);
  void apply_from_disk(std::uint32_t origin, const storage::entry_header& header);
  void commit(base::instant now);
  void own_entries(const storage::log_outcome& outcome);
  void send(const base::store_id& to, const storage::message::any& what);
  void send_all(const std::vector<storage::outgoing>& list);
  void finished(const std::vector<storage::write_quorum::outcome>& done);
  std::optional<storage::log_address> address(const base::origin_id& origin) const;

  void on(const base::store_id& from, const storage::message::digests& m, base::instant now);
  void on(const base::store_id& from, const storage::message::vector& m, base::instant now);
  void on(const base::store_id& from, const storage::message::pull& m, base::instant now);
  void on(const base::store_id& from, const storage::message::entries& m, base::instant now);
  void on(const base::store_id& from, const storage::message::acknowledgement& m, base::instant);
  void on(const base::store_id& from, const storage::message::fork_notice& m, base::instant now);
  void on(const base::store_id& from, const storage::message::snapshot_request& m, base::instant);
  void on(const base::store_id& from, const storage::message::snapshot_offer& m, base::instant now);
  void on(const base::store_id& from, const storage::message::snapshot_chunk& m, base::instant now);
  void on(const base::store_id& from, const storage::message::state_hashes& m, base::instant now);

  void ask_headers(const base::store_id& peer, const base::origin_id& origin);
  void judge_branches(const base::store_id& peer, const storage::message::entries& theirs,
                      base::instant now);
  void append_again(const base::origin_id& origin, std::uint64_t from, base::instant now);
  void take_snapshot(const base::store_id& peer, base::instant now);
  void give_up_snapshot();
  void open_source(const base::store_id& peer, const storage::log_vector& theirs,
                   base::instant now);

  base::store_id self_;
  storage::memory_store& disk_;
  base::entropy& entropy_;
  environment where_;
  outside& world_;
  std::optional<storage::catalog> runs_;
  std::optional<storage::log_writer> log_;
  std::optional<storage::follower> follower_;
  std::optional<storage::puller> puller_;
  std::optional<storage::write_quorum> quorum_;
  std::unique_ptr<memory::space> space_;
  std::uint32_t number_ = 0;
  std::uint64_t ticket_ = 0, applies_ = 0, snapshots_ = 0, forks_lost_ = 0;
  struct submitted {
    std::uint64_t ticket = 0, write = 0;
  };
  std::vector<submitted> submitted_;
  std::map<base::store_id, std::unique_ptr<storage::snapshot_source>> sources_;
  std::optional<storage::snapshot_target> target_;
  std::map<base::store_id, storage::log_vector> verified_; // of peers: begins like the own logs
  base::store_id target_from_;
  base::instant target_until_;
  std::map<base::store_id, std::map<base::origin_id, storage::branch_verdict>> forks_; // by peer
  std::map<base::origin_id, std::uint64_t> appended_; // from where, its entries were appended again
  bool reopen_ = false;
  std::uint64_t stood_at_ = 0;
  base::instant now_;
};

} // namespace engram::simulation

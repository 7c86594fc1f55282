#pragma once
// The space `_cluster` in this node: the directory's state, its log, and one proposal at a time on
// its way through it. Reads take a shared lock and see what is durable. Owner: node_core; any
// thread.
//
// Invariant: a proposal is judged against everything proposed before it.

#include "actors/log/log_thread.hpp"
#include "actors/service/keys.hpp"
#include "membership/directory.hpp"
#include "storage/recovery.hpp"

#include <atomic>
#include <shared_mutex>

namespace engram::actors {

class directory_host {
public:
  /// Reads the directory back; what is damaged in its items is made again from its log.
  /// errc::corrupt or unsupported_format: it cannot be trusted, and nothing is served without it.
  static base::result<std::unique_ptr<directory_host>>
  open(const storage::store& store, log_thread& log, base::entropy& entropy);
  ~directory_host();
  directory_host(const directory_host&) = delete;
  directory_host& operator=(const directory_host&) = delete;

  /// `look` sees the directory under the lock and must not keep a reference into it.
  template <class Look>
  auto read(Look look) const {
    const std::shared_lock lock(state_mutex_);
    return look(state_);
  }

  /// Entries of other runs, or of this one appended again, in their origin's order; durable.
  void apply_foreign(const std::vector<storage::tail_entry>& entries);
  /// Waits for the copies that a change needs before it is answered. Before the first proposal.
  using copies_gate = std::function<void(std::vector<storage::needed_entries>, reply<void>)>;
  void set_gate(copies_gate gate) { gate_ = std::move(gate); }

  /// What to log, or nothing when it is so already.
  using decision = base::result<std::optional<membership::directory_op>>;
  using judge = std::function<decision(const membership::directory&)>;
  /// `done` once it is durable and readable.
  void propose(judge decide, reply<void> done);

  bool in_force(const authority& who) const;
  bool key_required() const noexcept { return key_required_; }

private:
  struct proposal {
    judge decide;
    reply<void> done;
  };

  directory_host(const storage::store& store, log_thread& log, base::entropy& entropy,
                 std::uint32_t number);
  base::result<void> load();
  base::result<bool> load_items();
  base::result<void> replay(const std::vector<storage::vector_row>& applied, bool from_beginning);
  base::result<std::vector<storage::tail_entry>>
  read_log(const std::vector<storage::vector_row>& above) const;
  void apply(const storage::entry_header& header, std::uint32_t origin,
             const membership::directory_op& op);
  void step();
  void step_logged(std::vector<log_outcome> outcomes);
  void apply_own_again(const std::vector<storage::entry_header>& entries);

  const storage::store& store_;
  log_thread& log_;
  base::entropy& entropy_;
  const std::uint32_t number_;
  copies_gate gate_;

  mutable std::shared_mutex state_mutex_;
  membership::directory state_;
  std::atomic<bool> key_required_{false};

  std::mutex queue_mutex_;
  std::deque<proposal> queue_;
  std::optional<membership::directory_op> logging_; // of queue_.front()
  std::uint64_t ticket_ = 0;
  bool stepping_ = false;
};

} // namespace engram::actors

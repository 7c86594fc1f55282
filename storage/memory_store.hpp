#pragma once
// The store in memory: the twin that unit tests and the simulator use, with the faults that a disk
// has. Faults are commanded, never drawn here: whoever simulates holds the seed.
//
// Thread: as the port says; the fault functions are called while nobody writes. Invariant: what a
// crash leaves is a prefix of the batches written, each whole.

#include "base/random.hpp"
#include "storage/store.hpp"

#include <array>
#include <map>
#include <optional>
#include <shared_mutex>

namespace engram::storage {

class memory_store final : public store {
public:
  memory_store();
  ~memory_store() override;

  base::result<void> write(const batch& changes, bool sync) override;
  base::result<std::string> get(column c, std::string_view key) const override;
  std::unique_ptr<cursor> scan(column c, std::string first, std::string last) const override;
  base::result<void> flush() override;
  base::result<void> rewrite(column, const std::string&, const std::string&) override {
    return flush(); // nothing lies twice
  }
  base::result<void> checkpoint(const std::string& folder) override;
  base::result<std::vector<base::error>> scrub() override;
  base::result<store_stats> stats() const override;
  std::uint64_t bytes_in(column c, std::string_view first, std::string_view last) const override;

  // -- faults --

  /// Power fails: batches behind the last sync are gone, but for the first `kept` of them (a disk
  /// may have written more than it was asked to). A batch torn in half counts as gone.
  void crash(std::size_t kept = 0);
  std::size_t unsynced() const;
  /// While set, sync reports success and does nothing.
  void lose_syncs(bool on);
  /// The newest `count` batches vanish although they were synced: a bit flipped in the tail of the
  /// write-ahead log does that. Reaches back to the last flush, at most history_max batches.
  void lose_tail(std::size_t count);
  static constexpr std::size_t history_max = 64;

  /// Flips one bit of a stored value, its checksum included. False: no such key.
  bool flip(column c, std::string_view key, std::uint64_t bit);
  struct place {
    column where;
    std::string key;
  };
  /// Flips one bit of any value of the column; nullopt when it is empty.
  std::optional<place> flip_any(column c, base::random& random);

  /// A write that would make keys and values exceed this fails and changes nothing.
  void set_capacity(std::uint64_t bytes);
  void fail_reads(bool on);
  /// The next write fails; indefinite means both: its batch may be there afterwards or not.
  enum class write_fault { none, nothing_written, written };
  void fail_next_write(write_fault fault);

  /// What checkpoint() left under that name, as a store of its own; null when there is none.
  std::unique_ptr<memory_store> open_checkpoint(const std::string& folder) const;

private:
  using stored = std::shared_ptr<const std::string>; // value and checksum
  using column_table = std::map<std::string, stored, std::less<>>;
  using tables = std::array<column_table, column_count>;
  struct undo_step {
    column where;
    std::string key;
    stored before; // null: was absent
  };
  using undo_batch = std::vector<undo_step>;

  void change_locked(const batch& changes);
  void set_locked(column c, std::string key, stored value, undo_batch& undone);
  void roll_back_locked();

  mutable std::shared_mutex mutex_;
  tables tables_;
  std::vector<undo_batch> history_; // newest last; the last unsynced_ are not synced
  std::size_t unsynced_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t capacity_ = 1ull << 40;
  bool lose_syncs_ = false;
  bool fail_reads_ = false;
  write_fault next_write_ = write_fault::none;
  std::map<std::string, tables> checkpoints_;
};

} // namespace engram::storage

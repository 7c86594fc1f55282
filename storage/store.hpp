#pragma once
// The store port: what the cores need from a disk. Few functions, no RocksDB word. Two
// implementations: memory_store (the simulator's, with faults) and rocks/rocks_store. One
// conformance suite (store_conformance.hpp) runs on both.
//
// Thread: write() from one thread at a time; reads from any thread. A failed read names what is
// damaged; nothing damaged is ever returned as data: values carry a checksum over (column, key,
// value).

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engram::storage {

/// Persisted order: do not change.
enum class column : std::uint8_t { log = 0, payload = 1, state = 2, meta = 3 };
inline constexpr int column_count = 4;

/// Changes that become visible and durable together, in order.
class batch {
public:
  void put(column c, std::string key, std::string value);
  void erase(column c, std::string key);
  /// Every key in [first, last). Requires: `last` is not empty.
  void erase_range(column c, std::string first, std::string last);
  /// All of `more`, behind what is here.
  void append(const batch& more);

  struct change {
    enum class kind : std::uint8_t { put, erase, erase_range } what;
    column where;
    std::string key;
    std::string value; // put: the value; erase_range: the end key
  };
  const std::vector<change>& changes() const noexcept { return changes_; }
  std::size_t bytes() const noexcept { return bytes_; }
  bool empty() const noexcept { return changes_.empty(); }
  void reserve(std::size_t changes);
  void clear(); // keeps its memory

private:
  std::vector<change> changes_;
  std::size_t bytes_ = 0;
};

struct record {
  std::string_view key, value; // valid until the next step of the iterator
};

/// Ascending keys within [first, last), an empty `last` being the end, as they were when the cursor
/// was made. Requires: check `next()`'s error, it is how damage shows.
class cursor {
public:
  virtual ~cursor() = default;
  /// false at the end. errc::corrupt names the record; the cursor then stands behind it and
  /// next() may be called again.
  virtual base::result<bool> next() = 0;
  virtual record current() const = 0;
};

struct store_stats {
  std::uint64_t bytes_on_disk = 0;
  std::uint64_t bytes_free = 0;  // on the file system, less what is accepted and not yet in files
  std::uint64_t bytes_total = 0; // of the file system; 0: it cannot tell
};

class store {
public:
  virtual ~store() = default;
  /// sync: on success the batch and all before it survive power loss. An error after the call began
  /// is indefinite (errc::write_failed).
  virtual base::result<void> write(const batch& changes, bool sync) = 0;
  /// errc::unknown_key when absent, errc::corrupt when damaged.
  virtual base::result<std::string> get(column c, std::string_view key) const = 0;
  virtual std::unique_ptr<cursor> scan(column c, std::string first, std::string last) const = 0;
  /// Memtables to files.
  virtual base::result<void> flush() = 0;
  /// Afterwards no byte on disk is left of what lay under these keys and was erased or overwritten
  /// before the call. Takes as long as rewriting what is there.
  virtual base::result<void> rewrite(column c, const std::string& first,
                                     const std::string& last) = 0;
  /// A consistent copy in a new folder (for backup and snapshot sessions).
  virtual base::result<void> checkpoint(const std::string& folder) = 0;
  /// Re-reads everything from disk and names what is damaged; empty when clean.
  virtual base::result<std::vector<base::error>> scrub() = 0;
  virtual base::result<store_stats> stats() const = 0;
  /// How much the keys in [first, last) take on disk, roughly. Cheap. Requires: `last` not empty.
  virtual std::uint64_t bytes_in(column c, std::string_view first, std::string_view last) const = 0;
};

/// Reads every row and adds what is damaged. Other errors: the first.
base::result<void> read_all(const store& all, std::vector<base::error>& damaged);

/// Smallest key greater than every key that starts with `prefix`; "" when there is none, which a
/// scan takes as "to the end".
std::string prefix_end(std::string prefix);

} // namespace engram::storage

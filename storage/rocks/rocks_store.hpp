#pragma once
// The store port on RocksDB: one database, four column families (log, payload, state, meta), one
// write-ahead log, so that a batch over all columns costs one fsync.
//
// Thread: as the port says. Invariant: a value leaves here only if its checksum fits. What is
// damaged is reported record by record or, where a block of a file cannot be read, as the range of
// keys between its readable neighbours; the rest is read on.

#include "storage/store.hpp"

#include <functional>
#include <memory>

namespace engram::storage {

struct rocks_config {
  std::string folder;
  /// Without a database in `folder`: make one, or refuse with errc::read_failed.
  bool create = true;
  /// Blocks kept in memory uncompressed, for reads of single texts. Raising it costs that memory.
  std::uint64_t block_cache_bytes = 32ull << 20;
  /// Not yet written to files, all columns together. Raising it makes fewer, larger files.
  std::uint64_t memtable_bytes = 64ull << 20;
  /// Replayed at open: bounds the time that takes.
  std::uint64_t wal_bytes_max = 128ull << 20;
  /// Threads that flush and compact.
  int background_jobs = 2;
  /// Hears of damage, wherever it is met, once for each place; from any thread.
  std::function<void(const base::error&)> on_damage = {};
};

struct rocks_environment; // rocks_environment.hpp: another file system, for tests

class rocks_store final : public store {
public:
  /// errc::data_in_use: another process has the folder open. errc::unsupported_format: written by
  /// a later version. errc::corrupt: nothing in it can be served.
  static base::result<std::unique_ptr<rocks_store>>
  open(const rocks_config& config, const rocks_environment* environment = nullptr);
  ~rocks_store() override;

  base::result<void> write(const batch& changes, bool sync) override;
  base::result<std::string> get(column c, std::string_view key) const override;
  std::unique_ptr<cursor> scan(column c, std::string first, std::string last) const override;
  base::result<void> flush() override;
  base::result<void> rewrite(column c, const std::string& first, const std::string& last) override;
  base::result<void> checkpoint(const std::string& folder) override;
  base::result<std::vector<base::error>> scrub() override;
  base::result<store_stats> stats() const override;
  std::uint64_t bytes_in(column c, std::string_view first, std::string_view last) const override;

  /// Damage met while opening and by background work since, each once. Thread: any.
  std::vector<base::error> damage() const;
  /// False: tables could not be opened and were passed over. Whole columns may be unreadable then,
  /// also what is written from now on.
  bool has_all_tables() const;

private:
  struct database;
  explicit rocks_store(std::unique_ptr<database> opened);

  std::unique_ptr<database> database_;
};

} // namespace engram::storage

#include "storage/rocks/rocks_options.hpp"

#include "storage/checksum.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>

namespace engram::storage {
namespace {

/// RocksDB writes a LOG file by default; nobody reads it, and what matters comes back as a status.
class silent_logger final : public rocksdb::Logger {
public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

std::shared_ptr<rocksdb::TableFactory> table_factory(std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  table.cache_index_and_filter_blocks = true; // or the indexes of many files grow without a bound
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.block_size = 16 << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  return std::shared_ptr<rocksdb::TableFactory>{rocksdb::NewBlockBasedTableFactory(table)};
}

rocksdb::ColumnFamilyOptions family_options(const rocks_config& config, column c) {
  rocksdb::ColumnFamilyOptions options;
  // Texts are most of the bytes; the others are small and turn over quickly.
  options.write_buffer_size = config.memtable_bytes / (c == column::payload ? 2 : 6);
  options.max_write_buffer_number = 3;
  options.target_file_size_base = 64ull << 20;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kLZ4Compression;
  if (c == column::payload) {
    options.bottommost_compression = rocksdb::kZSTD;
    options.optimize_filters_for_hits = true; // a payload is read because something refers to it
  }
  return options;
}

} // namespace

void damage_list::add(base::error damage) {
  met(damage);
  const std::lock_guard lock{mutex_};
  if (std::find(list_.begin(), list_.end(), damage) == list_.end())
    list_.push_back(std::move(damage));
}

std::vector<base::error> damage_list::all() const {
  const std::lock_guard lock{mutex_};
  return list_;
}

void damage_list::met(const base::error& damage) {
  if (!report_) return;
  {
    const std::lock_guard lock{mutex_};
    if (reported_.size() >= reported_max || !reported_.insert(damage.context).second) return;
  }
  report_(damage);
}

void background_listener::OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                                            rocksdb::Status* status) {
  if (reason != rocksdb::BackgroundErrorReason::kCompaction || !status->IsCorruption()) return;
  damage_.add({base::errc::corrupt, "compaction: " + status->ToString()});
  compaction_damaged_ = true;
  *status = rocksdb::Status::OK();
}

rocksdb::DBOptions database_options(const rocks_config& config, rocksdb::Env* env, strictness how) {
  rocksdb::DBOptions options;
  if (env) options.env = env;
  options.create_if_missing = config.create;
  options.create_missing_column_families = config.create;
  options.paranoid_checks = how != strictness::skip_files;
  options.wal_recovery_mode = how == strictness::strict
                                  ? rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords
                                  : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // A closed write-ahead log that is shorter than it was when it was synced is damage, not a tail.
  options.track_and_verify_wals_in_manifest = how == strictness::strict;
  options.max_total_wal_size = config.wal_bytes_max;
  options.db_write_buffer_size = config.memtable_bytes;
  options.max_background_jobs = config.background_jobs;
  options.bytes_per_sync = 1 << 20;
  options.skip_stats_update_on_db_open = true;
  options.info_log = std::make_shared<silent_logger>();
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> families(const rocks_config& config, strictness how) {
  const auto tables = table_factory(rocksdb::NewLRUCache(config.block_cache_bytes));
  std::vector<rocksdb::ColumnFamilyDescriptor> out;
  for (int i = 0; i < column_count; ++i) {
    const auto c = static_cast<column>(i);
    auto options = family_options(config, c);
    options.table_factory = tables;
    options.disable_auto_compactions = how != strictness::strict;
    out.emplace_back(std::string{to_string(c)}, std::move(options));
  }
  out.emplace_back(rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions{});
  return out;
}

} // namespace engram::storage

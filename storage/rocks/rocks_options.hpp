#pragma once
// How RocksDB is configured, and what it tells us besides its return values: the notices it logs
// while it opens and the errors of its background work.

#include "storage/rocks/rocks_store.hpp"

#include <rocksdb/db.h>
#include <rocksdb/listener.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <set>

namespace engram::storage {

/// Collects and reports damage, each text once. Thread: any.
class damage_list {
public:
  explicit damage_list(std::function<void(const base::error&)> report)
      : report_(std::move(report)) {}
  void add(base::error damage);
  std::vector<base::error> all() const;
  /// Damage that a read met: reported the first time, not listed, since scans name it again.
  void met(const base::error& damage);

private:
  static constexpr std::size_t reported_max = 1000; // a ruined file must not flood whoever listens
  const std::function<void(const base::error&)> report_;
  mutable std::mutex mutex_;
  std::vector<base::error> list_;
  std::set<std::string> reported_;
};

/// Keeps a damaged file from ending the service: compaction that meets it gives up on that column
/// family; writes and reads go on. What is damaged stays where it is and is named by scans and
/// scrub.
class background_listener final : public rocksdb::EventListener {
public:
  explicit background_listener(damage_list& damage) : damage_(damage) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override;
  /// True once after a compaction met damage: compacting has to be switched off.
  bool take_compaction_damaged() noexcept { return compaction_damaged_.exchange(false); }

private:
  damage_list& damage_;
  std::atomic<bool> compaction_damaged_{false};
};

/// How strict an opening is. Each step gives up more than the one before; damage is named.
enum class strictness {
  strict,     // anything damaged in the write-ahead log or a file's index refuses to open
  cut_log,    // the write-ahead log is replayed up to its first damaged byte
  skip_files, // and files that cannot be opened stay unread
};

rocksdb::DBOptions database_options(const rocks_config& config, rocksdb::Env* env, strictness how);
/// In the order of `column`, RocksDB's own "default" (unused) last. Opened over damage none of them
/// compacts: it would meet the damage again and again.
std::vector<rocksdb::ColumnFamilyDescriptor> families(const rocks_config& config, strictness how);

} // namespace engram::storage

#include "storage/rocks/rocks_store.hpp"

#include "base/planted.hpp"
#include "storage/checksum.hpp"
#include "storage/rocks/rocks_cursor.hpp"
#include "storage/rocks/rocks_environment.hpp"
#include "storage/rocks/rocks_options.hpp"
#include "storage/rocks/rocks_status.hpp"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/utilities/checkpoint.h>

#include <array>
#include <filesystem>
#include <limits>

namespace engram::storage {

/// How a write-ahead log is named that was found damaged and kept.
static constexpr const char* KEPT_LOG = ".log.damaged";
namespace {

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

/// Files are kept from deletion while they are being verified.
class file_deletion_pause {
public:
  explicit file_deletion_pause(rocksdb::DB& db) : db_(db) { (void)db_.DisableFileDeletions(); }
  ~file_deletion_pause() { (void)db_.EnableFileDeletions(false); }
  file_deletion_pause(const file_deletion_pause&) = delete;
  file_deletion_pause& operator=(const file_deletion_pause&) = delete;

private:
  rocksdb::DB& db_;
};

} // namespace

struct rocks_store::database {
  explicit database(rocks_config how) : config(std::move(how)) {}

  const rocks_config config;
  rocksdb::Env* env = rocksdb::Env::Default();
  damage_list damage{config.on_damage}; // outlives the listener, which RocksDB's threads call
  std::shared_ptr<background_listener> listener = std::make_shared<background_listener>(damage);
  std::unique_ptr<rocksdb::DB> db;
  std::array<std::unique_ptr<rocksdb::ColumnFamilyHandle>, column_count> families;
  std::unique_ptr<rocksdb::ColumnFamilyHandle> unused_family;
  rocks_cursor::tables tables = rocks_cursor::tables::all_open;
  rocksdb::WriteBatch buffer; // of the one writing thread; keeps its memory

  ~database() {
    for (auto& family : families) family.reset();
    unused_family.reset();
  }

  rocksdb::ColumnFamilyHandle* family(column c) const {
    return families[static_cast<std::size_t>(c)].get();
  }
  rocksdb::Status open(strictness how);
  base::result<void> open_as_strictly_as_possible();
  void keep_log_files();
  base::result<void> drop_kept_log_files();
  rocksdb::Status fill_buffer(const batch& changes);
  void stop_compacting_what_is_damaged();
  std::uint64_t bytes_on_disk() const;
};

rocksdb::Status rocks_store::database::open(strictness how) {
  auto options = database_options(config, env, how);
  options.listeners.push_back(listener);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  const auto status =
      rocksdb::DB::Open(options, config.folder, storage::families(config, how), &handles, &opened);
  if (!status.ok()) return status;
  db.reset(opened);
  for (std::size_t i = 0; i < column_count; ++i) families[i].reset(handles[i]);
  unused_family.reset(handles[column_count]);
  return status;
}

/// Damage that RocksDB refuses to open over is scoped to what it hit: first the write-ahead log is
/// cut at its first damaged byte, then files without a readable index are passed over.
base::result<void> rocks_store::database::open_as_strictly_as_possible() {
  auto status = open(strictness::strict);
  if (status.ok()) return {};
  const auto first = to_error(status, access::open, "open " + config.folder);
  if (first.code != base::errc::corrupt) return first;

  damage.add(first);
  keep_log_files(); // what is cut off may still be wanted by a person
  status = open(strictness::cut_log);
  if (!status.ok() && status.IsCorruption()) {
    damage.add(to_error(status, access::open, "open " + config.folder));
    status = open(strictness::skip_files);
    tables = rocks_cursor::tables::some_passed_over;
  }
  if (!status.ok()) return to_error(status, access::open, "open " + config.folder);
  return {};
}

void rocks_store::database::keep_log_files() {
  std::vector<std::string> names;
  if (!env->GetChildren(config.folder, &names).ok()) return;
  for (const auto& name : names) {
    if (name.size() < 4 || name.substr(name.size() - 4) != ".log") continue;
    const auto copy = config.folder + "/" + name.substr(0, name.size() - 4) + KEPT_LOG;
    if (env->LinkFile(config.folder + "/" + name, copy).ok())
      damage.add({base::errc::corrupt, "the write-ahead log as found is kept as " + copy});
  }
}

base::result<std::unique_ptr<rocks_store>> rocks_store::open(const rocks_config& config,
                                                             const rocks_environment* environment) {
  auto made = std::make_unique<database>(config);
  if (environment && environment->env) made->env = environment->env;
  TRY(made->open_as_strictly_as_possible());
  return std::unique_ptr<rocks_store>{new rocks_store{std::move(made)}};
}

rocks_store::rocks_store(std::unique_ptr<database> opened) : database_(std::move(opened)) {}

rocks_store::~rocks_store() = default;

// -- writing --

rocksdb::Status rocks_store::database::fill_buffer(const batch& changes) {
  buffer.Clear();
  for (const auto& change : changes.changes()) {
    rocksdb::Status status;
    const auto key = slice(change.key);
    switch (change.what) {
    case batch::change::kind::put: {
      const auto sum = checksum_of(change.where, change.key, change.value);
      const rocksdb::Slice parts[] = {slice(change.value), {sum.data(), sum.size()}};
      status = buffer.Put(family(change.where), {&key, 1}, {parts, 2});
      break;
    }
    case batch::change::kind::erase:
      status = buffer.Delete(family(change.where), key);
      break;
    case batch::change::kind::erase_range:
      // RocksDB refuses an empty range; ours erases nothing.
      if (change.key < change.value)
        status = buffer.DeleteRange(family(change.where), key, slice(change.value));
      break;
    }
    if (!status.ok()) return status;
  }
  return {};
}

base::result<void> rocks_store::write(const batch& changes, bool sync) {
  auto& self = *database_;
  self.stop_compacting_what_is_damaged();
  rocksdb::WriteOptions options;
  auto status = self.fill_buffer(changes);
  options.sync = sync && !base::planted("ack_before_fsync");
  if (status.ok()) status = self.db->Write(options, &self.buffer);
  if (!status.ok())
    return to_error(status, access::write,
                    "write of " + std::to_string(changes.changes().size()) + " changes");
  return {};
}

void rocks_store::database::stop_compacting_what_is_damaged() {
  if (!listener->take_compaction_damaged()) return;
  for (const auto& family : families)
    (void)db->SetOptions(family.get(), {{"disable_auto_compactions", "true"}});
}

base::result<void> rocks_store::flush() {
  std::vector<rocksdb::ColumnFamilyHandle*> all;
  for (const auto& family : database_->families) all.push_back(family.get());
  const auto status = database_->db->Flush(rocksdb::FlushOptions{}, all);
  if (!status.ok()) return to_error(status, access::write, "flush");
  return {};
}

/// The flush ends the write-ahead log that held the bytes; its file goes with it.
base::result<void> rocks_store::rewrite(column c, const std::string& first,
                                        const std::string& last) {
  TRY(flush());
  rocksdb::CompactRangeOptions how;
  how.exclusive_manual_compaction = false;
  how.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  const auto begin = slice(first), end = slice(last);
  const auto status =
      database_->db->CompactRange(how, database_->family(c), &begin, last.empty() ? nullptr : &end);
  if (!status.ok()) return to_error(status, access::write, "compaction");
  return database_->drop_kept_log_files();
}

/// What they hold cannot be told apart: it goes as a whole.
base::result<void> rocks_store::database::drop_kept_log_files() {
  std::vector<std::string> names;
  auto status = env->GetChildren(config.folder, &names);
  for (const auto& name : names)
    if (status.ok() && name.ends_with(KEPT_LOG))
      status = env->DeleteFile(config.folder + "/" + name);
  if (!status.ok()) return to_error(status, access::write, "kept logs of " + config.folder);
  return {};
}

// -- reading --

base::result<std::string> rocks_store::get(column c, std::string_view key) const {
  rocksdb::PinnableSlice stored;
  const auto status =
      database_->db->Get(rocksdb::ReadOptions{}, database_->family(c), slice(key), &stored);
  if (!status.ok()) {
    auto why = to_error(status, access::read, describe_record(c, key));
    if (why.code == base::errc::corrupt) database_->damage.met(why);
    return why;
  }
  const auto value = verified_value(c, key, {stored.data(), stored.size()});
  if (value) return std::string{*value};
  database_->damage.met(value.error());
  return value.error();
}

std::unique_ptr<cursor> rocks_store::scan(column c, std::string first, std::string last) const {
  return std::make_unique<rocks_cursor>(*database_->db, *database_->family(c), c, std::move(first),
                                        std::move(last), database_->tables, database_->damage);
}

base::result<void> rocks_store::checkpoint(const std::string& folder) {
  rocksdb::Checkpoint* made = nullptr;
  auto status = rocksdb::Checkpoint::Create(database_->db.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint{made};
  if (status.ok()) status = checkpoint->CreateCheckpoint(folder);
  if (!status.ok()) return to_error(status, access::write, "checkpoint in " + folder);
  return {};
}

/// Two passes: every file's blocks, past the cache, which finds also what no key leads to any more;
/// then every record, which names what a reader would miss.
base::result<std::vector<base::error>> rocks_store::scrub() {
  TRY(flush());
  auto& db = *database_->db;
  auto damaged = damage();
  {
    const file_deletion_pause pause{db};
    std::vector<rocksdb::LiveFileMetaData> files;
    db.GetLiveFilesMetaData(&files);
    for (const auto& file : files) {
      rocksdb::SstFileReader reader{db.GetOptions(database_->families[0].get())};
      const auto path = file.db_path + file.name;
      auto status = reader.Open(path);
      if (status.ok()) status = reader.VerifyChecksum();
      if (!status.ok())
        damaged.push_back(
            to_error(status, access::read, "file " + path + " column=" + file.column_family_name));
    }
  }
  TRY(read_all(*this, damaged));
  return damaged;
}

std::uint64_t rocks_store::database::bytes_on_disk() const {
  std::vector<rocksdb::Env::FileAttributes> files;
  std::uint64_t sum = 0;
  if (!env->GetChildrenFileAttributes(config.folder, &files).ok()) return 0;
  for (const auto& file : files) sum += file.size_bytes;
  return sum;
}

base::result<store_stats> rocks_store::stats() const {
  store_stats out;
  out.bytes_on_disk = database_->bytes_on_disk();
  const auto status = database_->env->GetFreeSpace(database_->config.folder, &out.bytes_free);
  // A file system that cannot tell is taken to have room; a full one still fails the write.
  if (status.IsNotSupported())
    out.bytes_free = std::numeric_limits<std::int64_t>::max();
  else if (!status.ok())
    return to_error(status, access::read, "free space of " + database_->config.folder);
  // What is in memory only (and in the log, which goes when its tables are written) takes its room
  // at the next flush: it is promised already.
  std::uint64_t unwritten = 0;
  database_->db->GetAggregatedIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables,
                                          &unwritten);
  out.bytes_free -= std::min(out.bytes_free, unwritten);
  std::error_code unknown;
  const auto space = std::filesystem::space(database_->config.folder, unknown);
  if (!unknown) out.bytes_total = space.capacity;
  return out;
}

std::uint64_t rocks_store::bytes_in(column c, std::string_view first, std::string_view last) const {
  const rocksdb::Range range{{first.data(), first.size()}, {last.data(), last.size()}};
  rocksdb::SizeApproximationOptions how;
  how.include_memtables = how.include_files = true;
  std::uint64_t out = 0;
  const auto status =
      database_->db->GetApproximateSizes(how, database_->family(c), &range, 1, &out);
  return status.ok() ? out : 0;
}

std::vector<base::error> rocks_store::damage() const { return database_->damage.all(); }

bool rocks_store::has_all_tables() const {
  return database_->tables == rocks_cursor::tables::all_open;
}

} // namespace engram::storage

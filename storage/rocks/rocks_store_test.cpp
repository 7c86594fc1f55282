#include "storage/rocks/fault_file_system.hpp"
#include "storage/rocks/rocks_store.hpp"
#include "storage/rocks/temporary_folder.hpp"
#include "storage/store_conformance.hpp"

#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>

namespace engram::storage {
namespace {

rocks_config in(const std::string& folder) {
  rocks_config config;
  config.folder = folder;
  return config;
}

std::unique_ptr<rocks_store> opened(const rocks_config& config,
                                    const rocks_environment* environment = nullptr) {
  auto store = rocks_store::open(config, environment);
  INFO((store ? "" : store.error().message()));
  REQUIRE(store.has_value());
  return *std::move(store);
}

/// On a real folder, over a file system that loses what was not synced.
class disk_fixture final : public store_fixture {
public:
  store& open() override {
    if (!store_) store_ = opened(in(folder_ / "data"), &files_.environment());
    return *store_;
  }
  void reopen() override { store_.reset(); }
  void crash() override {
    files_.power_off();
    store_.reset();
    files_.crash(random_, false);
  }

private:
  temporary_folder folder_;
  fault_file_system files_;
  base::random random_{1};
  std::unique_ptr<rocks_store> store_;
};

/// In RocksDB's own memory file system; a crash is a reopening, which loses nothing.
class memory_env_fixture final : public store_fixture {
public:
  store& open() override {
    if (!store_) store_ = opened(in("/data"), &environment_);
    return *store_;
  }
  void reopen() override { store_.reset(); }
  void crash() override { store_.reset(); }

private:
  std::unique_ptr<rocksdb::Env> env_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  rocks_environment environment_{env_.get()};
  std::unique_ptr<rocks_store> store_;
};

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("the RocksDB store keeps the promises of the store port on a disk that loses power") {
  disk_fixture fixture;
  check_conformance(fixture);
}

TEST_CASE("the RocksDB store keeps the promises of the store port in memory") {
  memory_env_fixture fixture;
  check_conformance(fixture);
}

TEST_CASE("a folder that is open is refused as in use, until it is closed") {
  temporary_folder folder;
  auto first = opened(in(folder / "data"));
  const auto second = rocks_store::open(in(folder / "data"));
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == base::errc::data_in_use);
  first.reset();
  CHECK(rocks_store::open(in(folder / "data")).has_value());
}

TEST_CASE("nothing is created when creating was not asked for") {
  temporary_folder folder;
  auto config = in(folder / "data");
  config.create = false;
  CHECK_FALSE(rocks_store::open(config).has_value());
}

TEST_CASE("a database with a column family of a later version is unsupported_format") {
  temporary_folder folder;
  opened(in(folder / "data")).reset();
  {
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    std::vector<rocksdb::ColumnFamilyDescriptor> all;
    for (const char* name : {"default", "log", "payload", "state", "meta"})
      all.emplace_back(name, rocksdb::ColumnFamilyOptions{});
    REQUIRE(rocksdb::DB::Open({}, folder / "data", all, &handles, &db).ok());
    rocksdb::ColumnFamilyHandle* later = nullptr;
    REQUIRE(db->CreateColumnFamily({}, "later", &later).ok());
    delete later;
    for (auto* handle : handles) delete handle;
    delete db;
  }
  const auto store = rocks_store::open(in(folder / "data"));
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().code == base::errc::unsupported_format);
}

TEST_CASE("a checkpoint opens as a store of its own with what was written before it") {
  temporary_folder folder;
  const auto store = opened(in(folder / "data"));
  put_one(*store, column::log, "a", "1");
  REQUIRE(store->checkpoint(folder / "copy").has_value());
  put_one(*store, column::log, "a", "2");
  const auto copy = opened(in(folder / "copy"));
  CHECK(*copy->get(column::log, "a") == "1");
}

bool is_in_a_file(const std::filesystem::path& folder, std::string_view bytes) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    if (all.find(bytes) != std::string::npos) return true;
  }
  return false;
}

TEST_CASE("after a rewrite no file holds what was erased or overwritten under its keys") {
  temporary_folder folder;
  const auto store = opened(in(folder / "data"));
  put_one(*store, column::payload, "a", "zebulon-one");
  put_one(*store, column::payload, "b", "zebulon-two");
  put_one(*store, column::payload, "c", "stays-here");
  CHECK(is_in_a_file(folder / "data", "zebulon-one"));
  REQUIRE(store->flush().has_value());
  CHECK(is_in_a_file(folder / "data", "zebulon"));
  put_one(*store, column::payload, "a", "");
  batch gone;
  gone.erase(column::payload, "b");
  REQUIRE(store->write(gone, true).has_value());
  // A log that was damaged once, and kept.
  std::ofstream(folder / "data" + "/000001.log.damaged") << "zebulon-three";
  REQUIRE(store->rewrite(column::payload, "", "").has_value());
  CHECK_FALSE(is_in_a_file(folder / "data", "zebulon"));
  CHECK(is_in_a_file(folder / "data", "stays-here"));
  CHECK(*store->get(column::payload, "c") == "stays-here");
}

TEST_CASE("stats know the bytes on disk and the room left") {
  temporary_folder folder;
  const auto store = opened(in(folder / "data"));
  put_one(*store, column::payload, "a", std::string(1 << 20, 'x'));
  const auto stats = store->stats();
  REQUIRE(stats.has_value());
  CHECK(stats->bytes_on_disk > 1 << 20);
  CHECK(stats->bytes_free > 0);
}

TEST_CASE("a write on a full disk and a failed sync are indefinite, and what was synced stays") {
  temporary_folder folder;
  fault_file_system files;
  auto store = opened(in(folder / "data"), &files.environment());
  put_one(*store, column::log, "a", "1");
  batch b;
  b.put(column::log, "b", std::string(100'000, 'x'));

  SUBCASE("full") {
    files.set_full(true);
    const auto written = store->write(b, true);
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().code == base::errc::write_failed);
    CHECK(written.error().context.find("no space left") != std::string::npos);
    CHECK(store->get(column::log, "a").has_value()); // reads go on
  }
  SUBCASE("sync") {
    files.fail_syncs(true);
    const auto written = store->write(b, true);
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().certainty() == base::certainty::indefinite);
  }
  store.reset();
  files.set_full(false);
  files.fail_syncs(false);
  CHECK(*opened(in(folder / "data"))->get(column::log, "a") == "1");
}

TEST_CASE("no crash with torn tails loses a synced batch or keeps half of one") {
  temporary_folder folder;
  fault_file_system files;
  base::random random{42};
  std::uint64_t synced = 0, written = 0;
  for (int round = 0; round < 12; ++round) {
    auto store = opened(in(folder / "data"), &files.environment());
    std::uint64_t found = 0;
    for (const auto& [key, value] : all_rows(*store, column::log)) {
      ++found;
      CHECK(store->get(column::payload, key).has_value());
    }
    CHECK(found >= synced);
    CHECK(found <= written);
    written = synced = found;
    for (auto n = 1 + random.below(40); n > 0; --n) {
      auto key = std::to_string(1'000'000 + written++);
      batch b;
      b.put(column::log, key, "header");
      b.put(column::payload, key, std::string(random.below(3000), 'p'));
      const bool sync = random.chance(0.3);
      REQUIRE(store->write(b, sync).has_value());
      if (sync) synced = written;
    }
    files.power_off();
    store.reset();
    files.crash(random, true);
  }
}

TEST_SUITE_END();

} // namespace engram::storage

#include "bench/raw_rocks.hpp"

#include <rocksdb/db.h>

#include <cstdio>
#include <cstdlib>

namespace engram::bench {

static void require(const rocksdb::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "RocksDB: %s\n", status.ToString().c_str());
  std::abort();
}

raw_rocks::raw_rocks(const std::string& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  require(rocksdb::DB::Open(options, folder, &db));
  db_.reset(db);
}

raw_rocks::~raw_rocks() = default;

void raw_rocks::write(const raw_batch& batch) {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  rocksdb::WriteBatch changes;
  for (const auto& [key, value] : batch) require(changes.Put(key, value));
  require(db_->Write(synced, &changes));
}

std::size_t raw_rocks::read_all() const {
  std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator({}));
  std::size_t records = 0;
  for (at->SeekToFirst(); at->Valid(); at->Next()) ++records;
  require(at->status());
  return records;
}

} // namespace engram::bench

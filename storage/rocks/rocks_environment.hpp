#pragma once
// For tests that give RocksDB another file system, and for the files of storage/rocks. Nobody else
// sees a RocksDB type.

#include <rocksdb/env.h>

namespace engram::storage {

/// Not owned; outlives the store.
struct rocks_environment {
  rocksdb::Env* env = nullptr;
};

} // namespace engram::storage

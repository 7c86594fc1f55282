#pragma once
// Tests only: a file system under RocksDB that loses power. Everything passes through to a real
// one; crash() cuts each file back to what was synced plus a torn piece of what was not.
//
//   fault_file_system files;            // then open a store on files.environment()
//   files.power_off();                  // from here on nothing reaches the disk
//   store.reset();
//   files.crash(random);                // tear, then power is back
//
// Thread: any.

#include "base/random.hpp"
#include "storage/rocks/rocks_environment.hpp"

#include <rocksdb/file_system.h>

#include <map>
#include <mutex>

namespace engram::storage {

class fault_file_system {
public:
  fault_file_system();

  const rocks_environment& environment() const noexcept { return environment_; }

  void power_off();
  /// Requires: no store is open on it. With `tear`, a random part of each unsynced tail stays.
  void crash(base::random& random, bool tear);

  /// While set, appending to any file fails as on a full disk.
  void set_full(bool on);
  /// While set, syncs fail.
  void fail_syncs(bool on);

  /// How much of a file is written and how much of that is synced.
  struct extent {
    std::uint64_t written = 0, synced = 0;
  };
  struct state;

private:
  std::shared_ptr<state> state_;
  std::unique_ptr<rocksdb::Env> env_;
  rocks_environment environment_;
};

} // namespace engram::storage

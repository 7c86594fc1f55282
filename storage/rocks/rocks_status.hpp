#pragma once
// The one border where a RocksDB status becomes an error of ours. It has to know what was being
// done: a failed read did nothing, a failed write may have happened.

#include "base/error.hpp"

#include <rocksdb/status.h>

#include <string>

namespace engram::storage {

enum class access { open, read, write };

/// Requires: !status.ok(). `what` says what was attempted: "put 3 changes", "column=log key=...".
base::error to_error(const rocksdb::Status& status, access how, const std::string& what);

} // namespace engram::storage

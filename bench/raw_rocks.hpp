#pragma once
// The peer of every durable write: RocksDB with its own defaults and nothing around it. A batch is
// one synced write to its log. Aborts when RocksDB fails: a benchmark has no plan B.

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rocksdb {
class DB;
}

namespace engram::bench {

using raw_batch = std::vector<std::pair<std::string, std::string>>; // keys and values

class raw_rocks {
public:
  /// Opens the database in `folder`, or makes one.
  explicit raw_rocks(const std::string& folder);
  ~raw_rocks();
  void write(const raw_batch& batch);
  /// Reads everything back; how many records there were.
  std::size_t read_all() const;

private:
  std::unique_ptr<rocksdb::DB> db_;
};

} // namespace engram::bench

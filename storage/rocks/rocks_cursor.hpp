#pragma once
// A cursor over one column family that goes on behind what it cannot read. Owner: whoever scans; it
// must not outlive the store.
//
// Where tables were passed over at the opening, RocksDB's iterators must not look at erased ranges:
// one over level 0 keeps the ranges of the table before for a table that cannot be opened, and
// frees them twice (7.8.3, seen as a call of address 0). There whether a row is in an erased range
// is asked row by row, as of one snapshot.

#include "storage/rocks/rocks_options.hpp"
#include "storage/store.hpp"

#include <rocksdb/db.h>
#include <rocksdb/snapshot.h>

#include <optional>

namespace engram::storage {

class rocks_cursor final : public cursor {
public:
  enum class tables { all_open, some_passed_over };

  rocks_cursor(rocksdb::DB& db, rocksdb::ColumnFamilyHandle& family, column c, std::string first,
               std::string last, tables which, damage_list& damage);

  base::result<bool> next() override;
  record current() const override { return current_; }

private:
  base::result<bool> step();
  base::result<bool> read_here();
  base::error skip_unreadable(const rocksdb::Status& why);
  bool is_in_erased_range() const;

  damage_list& damage_;
  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle& family_;
  column column_;
  std::string first_, last_;
  rocksdb::Slice bound_; // of last_; the iterator keeps its address
  rocksdb::ReadOptions options_;
  std::optional<rocksdb::ManagedSnapshot> moment_; // with tables passed over
  std::unique_ptr<rocksdb::Iterator> rows_;
  record current_;
  std::string passed_; // the last key that was readable: the key itself moves with the iterator
  enum class position {
    before_first,
    at_row,
    at_next,
    failed,
    end
  } position_ = position::before_first;
};

} // namespace engram::storage

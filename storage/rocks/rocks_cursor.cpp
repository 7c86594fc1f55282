#include "storage/rocks/rocks_cursor.hpp"

#include "base/bytes.hpp"
#include "storage/checksum.hpp"
#include "storage/rocks/key_search.hpp"
#include "storage/rocks/rocks_status.hpp"

namespace engram::storage {
namespace {

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

} // namespace

rocks_cursor::rocks_cursor(rocksdb::DB& db, rocksdb::ColumnFamilyHandle& family, column c,
                           std::string first, std::string last, tables which, damage_list& damage)
    : damage_(damage), db_(db), family_(family), column_(c), first_(std::move(first)),
      last_(std::move(last)), bound_(last_) {
  options_.fill_cache = false; // a scan must not push out the texts that recalls read
  if (!last_.empty()) options_.iterate_upper_bound = &bound_;
  if (which == tables::some_passed_over) {
    options_.ignore_range_deletions = true;
    options_.snapshot = moment_.emplace(&db_).snapshot();
  }
  rows_.reset(db_.NewIterator(options_, &family_));
}

base::result<bool> rocks_cursor::next() {
  auto stepped = step();
  if (!stepped && stepped.error().code == base::errc::corrupt) damage_.met(stepped.error());
  return stepped;
}

base::result<bool> rocks_cursor::step() {
  if (!last_.empty() && first_ >= last_) return false;
  switch (position_) {
  case position::before_first:
    rows_->Seek(first_);
    break;
  case position::at_row: {
    const auto key = view(rows_->key());
    passed_.assign(key);
    rows_->Next();
    break;
  }
  case position::at_next:
    break;
  case position::failed:
  case position::end:
    return false;
  }
  return read_here();
}

bool rocks_cursor::is_in_erased_range() const {
  if (!moment_) return false;
  rocksdb::ReadOptions how;
  how.fill_cache = false;
  how.snapshot = options_.snapshot;
  rocksdb::PinnableSlice ignored;
  return db_.Get(how, &family_, rows_->key(), &ignored).IsNotFound();
}

base::result<bool> rocks_cursor::read_here() {
  while (rows_->Valid() && is_in_erased_range()) rows_->Next();
  if (rows_->Valid()) {
    position_ = position::at_row;
    current_.key = view(rows_->key());
    TRY_ASSIGN(current_.value, verified_value(column_, current_.key, view(rows_->value())));
    return true;
  }
  if (rows_->status().ok()) {
    position_ = position::end;
    return false;
  }
  if (rows_->status().IsCorruption()) return skip_unreadable(rows_->status());
  position_ = position::failed;
  return to_error(rows_->status(), access::read, "scan of " + describe_record(column_, passed_));
}

base::error rocks_cursor::skip_unreadable(const rocksdb::Status& why) {
  const auto from = passed_.empty() ? first_ : passed_;
  const auto text = why.ToString();
  // A fresh iterator for each attempt: one that has failed does not always read what it could when
  // it is sent elsewhere. What lies behind the damage is therefore seen as it is now; an explicit
  // snapshot for every scan would make RocksDB rewrite its oldest files whenever one is released.
  const auto readable = [&](const std::string& target) {
    rows_.reset(db_.NewIterator(options_, &family_));
    rows_->Seek(target);
    return rows_->Valid() || rows_->status().ok();
  };
  const auto resume = first_readable(from, last_, readable);
  position_ = position::end;
  std::string until = "the end";
  if (resume) {
    readable(*resume);
    if (rows_->Valid()) {
      position_ = position::at_next;
      until = base::to_hex(view(rows_->key()));
    }
  }
  return {base::errc::corrupt, "unreadable: column=" + std::string{to_string(column_)} +
                                   " keys behind " + base::to_hex(from) + " before " + until +
                                   ": " + text};
}

} // namespace engram::storage

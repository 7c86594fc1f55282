#include "storage/memory_store.hpp"

#include "base/check.hpp"
#include "storage/checksum.hpp"

#include <algorithm>
#include <mutex>

namespace engram::storage {
namespace {

std::size_t index_of(column c) { return static_cast<std::size_t>(c); }

std::string with_checksum(column c, std::string_view key, std::string_view value) {
  const auto sum = checksum_of(c, key, value);
  std::string out;
  out.reserve(value.size() + sum.size());
  out.append(value).append(sum.data(), sum.size());
  return out;
}

base::error unreadable(column c) {
  return {base::errc::read_failed, "column=" + std::string{to_string(c)}};
}

/// A copy of the range as it was: cheap enough here, and it is what the port promises.
class memory_cursor final : public cursor {
public:
  using row = std::pair<std::string, std::shared_ptr<const std::string>>;

  memory_cursor(column c, std::vector<row> rows) : column_(c), rows_(std::move(rows)) {}

  base::result<bool> next() override {
    if (next_ == rows_.size()) return false;
    const auto& [key, stored] = rows_[next_++];
    TRY_ASSIGN(const auto value, verified_value(column_, key, *stored));
    current_ = {key, value};
    return true;
  }
  record current() const override { return current_; }

private:
  column column_;
  std::vector<row> rows_;
  std::size_t next_ = 0;
  record current_;
};

class failing_cursor final : public cursor {
public:
  explicit failing_cursor(column c) : column_(c) {}
  base::result<bool> next() override { return unreadable(column_); }
  record current() const override { return {}; }

private:
  column column_;
};

} // namespace

memory_store::memory_store() = default;
memory_store::~memory_store() = default;

base::result<void> memory_store::write(const batch& changes, bool sync) {
  const std::unique_lock lock{mutex_};
  const auto fault = std::exchange(next_write_, write_fault::none);
  if (fault == write_fault::nothing_written) return {base::errc::write_failed, "fault"};
  if (bytes_ + changes.bytes() > capacity_) return {base::errc::write_failed, "no space left"};
  change_locked(changes);
  if (fault == write_fault::written) return {base::errc::write_failed, "fault"};
  if (sync && !lose_syncs_) unsynced_ = 0;
  // Older synced batches can no longer be lost; unsynced ones all can.
  const auto keep = std::max(history_max, unsynced_);
  if (history_.size() > keep)
    history_.erase(history_.begin(), history_.end() - static_cast<std::ptrdiff_t>(keep));
  return {};
}

void memory_store::change_locked(const batch& changes) {
  undo_batch undone;
  for (const auto& change : changes.changes()) {
    switch (change.what) {
    case batch::change::kind::put:
      set_locked(change.where, change.key,
                 std::make_shared<const std::string>(
                     with_checksum(change.where, change.key, change.value)),
                 undone);
      break;
    case batch::change::kind::erase:
      set_locked(change.where, change.key, nullptr, undone);
      break;
    case batch::change::kind::erase_range: {
      auto& table = tables_[index_of(change.where)];
      auto row = table.lower_bound(change.key);
      while (row != table.end() && row->first < change.value) {
        auto key = row->first;
        ++row;
        set_locked(change.where, std::move(key), nullptr, undone);
      }
      break;
    }
    }
  }
  history_.push_back(std::move(undone));
  ++unsynced_;
}

void memory_store::set_locked(column c, std::string key, stored value, undo_batch& undone) {
  auto& table = tables_[index_of(c)];
  const auto row = table.find(key);
  stored before = row == table.end() ? nullptr : row->second;
  if (before) bytes_ -= key.size() + before->size();
  if (value) bytes_ += key.size() + value->size();
  if (!value) {
    if (before) table.erase(row);
  } else if (before) {
    row->second = std::move(value);
  } else {
    table.emplace(key, std::move(value));
  }
  undone.push_back({c, std::move(key), std::move(before)});
}

void memory_store::roll_back_locked() {
  CHECK(!history_.empty());
  const auto newest = std::move(history_.back());
  history_.pop_back();
  undo_batch discarded;
  for (auto step = newest.rbegin(); step != newest.rend(); ++step)
    set_locked(step->where, step->key, step->before, discarded);
}

base::result<std::string> memory_store::get(column c, std::string_view key) const {
  const std::shared_lock lock{mutex_};
  if (fail_reads_) return unreadable(c);
  const auto& table = tables_[index_of(c)];
  const auto row = table.find(key);
  if (row == table.end()) return {base::errc::unknown_key, describe_record(c, key)};
  TRY_ASSIGN(const auto value, verified_value(c, key, *row->second));
  return std::string{value};
}

std::unique_ptr<cursor> memory_store::scan(column c, std::string first, std::string last) const {
  const std::shared_lock lock{mutex_};
  if (fail_reads_) return std::make_unique<failing_cursor>(c);
  const auto& table = tables_[index_of(c)];
  const auto end = last.empty() ? table.end() : table.lower_bound(last);
  std::vector<memory_cursor::row> rows;
  if (last.empty() || first < last)
    for (auto row = table.lower_bound(first); row != end; ++row) rows.push_back(*row);
  return std::make_unique<memory_cursor>(c, std::move(rows));
}

base::result<void> memory_store::flush() {
  const std::unique_lock lock{mutex_};
  if (lose_syncs_) return {};
  unsynced_ = 0;
  history_.clear();
  return {};
}

base::result<void> memory_store::checkpoint(const std::string& folder) {
  const std::unique_lock lock{mutex_};
  if (!checkpoints_.emplace(folder, tables_).second)
    return {base::errc::write_failed, "checkpoint exists: " + folder};
  return {};
}

std::unique_ptr<memory_store> memory_store::open_checkpoint(const std::string& folder) const {
  const std::shared_lock lock{mutex_};
  const auto found = checkpoints_.find(folder);
  if (found == checkpoints_.end()) return nullptr;
  auto copy = std::make_unique<memory_store>();
  copy->tables_ = found->second;
  for (const auto& table : copy->tables_)
    for (const auto& [key, value] : table) copy->bytes_ += key.size() + value->size();
  return copy;
}

base::result<std::vector<base::error>> memory_store::scrub() {
  std::vector<base::error> damaged;
  TRY(read_all(*this, damaged));
  return damaged;
}

base::result<store_stats> memory_store::stats() const {
  const std::shared_lock lock{mutex_};
  return store_stats{bytes_, capacity_ > bytes_ ? capacity_ - bytes_ : 0, capacity_};
}

std::uint64_t memory_store::bytes_in(column c, std::string_view first,
                                     std::string_view last) const {
  std::uint64_t out = 0;
  const auto rows = scan(c, std::string(first), std::string(last));
  for (;;) {
    const auto more = rows->next();
    if (more && !*more) return out;
    if (more) out += rows->current().key.size() + rows->current().value.size();
  }
}

// -- faults --

void memory_store::crash(std::size_t kept) {
  const std::unique_lock lock{mutex_};
  for (; unsynced_ > kept; --unsynced_) roll_back_locked();
  unsynced_ = 0; // what is found after the restart is on disk
}

std::size_t memory_store::unsynced() const {
  const std::shared_lock lock{mutex_};
  return unsynced_;
}

void memory_store::lose_syncs(bool on) {
  const std::unique_lock lock{mutex_};
  lose_syncs_ = on;
}

void memory_store::lose_tail(std::size_t count) {
  const std::unique_lock lock{mutex_};
  for (; count > 0 && !history_.empty(); --count) roll_back_locked();
  unsynced_ = 0;
}

bool memory_store::flip(column c, std::string_view key, std::uint64_t bit) {
  const std::unique_lock lock{mutex_};
  auto& table = tables_[index_of(c)];
  const auto row = table.find(key);
  if (row == table.end()) return false;
  auto changed = *row->second;
  bit %= changed.size() * 8;
  changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
  row->second = std::make_shared<const std::string>(std::move(changed));
  return true;
}

std::optional<memory_store::place> memory_store::flip_any(column c, base::random& random) {
  std::string key;
  {
    const std::shared_lock lock{mutex_};
    const auto& table = tables_[index_of(c)];
    if (table.empty()) return std::nullopt;
    key = std::next(table.begin(), static_cast<std::ptrdiff_t>(random.below(table.size())))->first;
  }
  flip(c, key, random.next());
  return place{c, key};
}

void memory_store::set_capacity(std::uint64_t bytes) {
  const std::unique_lock lock{mutex_};
  capacity_ = bytes;
}

void memory_store::fail_reads(bool on) {
  const std::unique_lock lock{mutex_};
  fail_reads_ = on;
}

void memory_store::fail_next_write(write_fault fault) {
  const std::unique_lock lock{mutex_};
  next_write_ = fault;
}

} // namespace engram::storage

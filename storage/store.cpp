#include "storage/store.hpp"

#include <utility>

namespace engram::storage {

void batch::put(column c, std::string key, std::string value) {
  bytes_ += key.size() + value.size();
  changes_.push_back({change::kind::put, c, std::move(key), std::move(value)});
}

void batch::erase(column c, std::string key) {
  bytes_ += key.size();
  changes_.push_back({change::kind::erase, c, std::move(key), {}});
}

void batch::erase_range(column c, std::string first, std::string last) {
  bytes_ += first.size() + last.size();
  changes_.push_back({change::kind::erase_range, c, std::move(first), std::move(last)});
}

void batch::append(const batch& more) {
  changes_.insert(changes_.end(), more.changes_.begin(), more.changes_.end());
  bytes_ += more.bytes_;
}

void batch::reserve(std::size_t changes) { changes_.reserve(changes); }

void batch::clear() {
  changes_.clear();
  bytes_ = 0;
}

std::string prefix_end(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

base::result<void> read_all(const store& all, std::vector<base::error>& damaged) {
  for (int i = 0; i < column_count; ++i) {
    const auto rows = all.scan(static_cast<column>(i), {}, {});
    for (;;) {
      const auto more = rows->next();
      if (!more && more.error().code != base::errc::corrupt) return more.error();
      if (!more) damaged.push_back(more.error());
      if (more && !*more) break;
    }
  }
  return base::success();
}

} // namespace engram::storage

#include "storage/replication/log_vector.hpp"

#include "base/bytes.hpp"

#include <algorithm>

namespace engram::storage {

void log_vector::raise(const base::origin_id& origin, const log_mark& mark) {
  if (mark.sequence == 0) return;
  auto& here = marks_[origin];
  if (mark.sequence > here.sequence) here = mark;
}

std::uint64_t log_vector::at(const base::origin_id& origin) const {
  const auto found = marks_.find(origin);
  return found == marks_.end() ? 0 : found->second.sequence;
}

bool log_vector::covers(const log_vector& other) const {
  return std::all_of(other.marks_.begin(), other.marks_.end(), [&](const auto& theirs) {
    return at(theirs.first) >= theirs.second.sequence;
  });
}

std::uint64_t log_vector::digest() const {
  base::writer out;
  for (const auto& [origin, mark] : marks_) {
    out.u64(origin.value.high);
    out.u64(origin.value.low);
    out.u64(mark.sequence);
    out.u64(mark.running.high);
    out.u64(mark.running.low);
  }
  return base::fast_hash64(out.view());
}

std::vector<log_range> missing_from(const log_vector& ours, const log_vector& theirs) {
  std::vector<log_range> out;
  for (const auto& [origin, mark] : theirs.marks())
    if (const auto here = ours.at(origin); here < mark.sequence)
      out.push_back({origin, here + 1, mark.sequence});
  return out;
}

std::uint64_t count_entries(const std::vector<log_range>& ranges) noexcept {
  std::uint64_t out = 0;
  for (const auto& range : ranges) out += range.to - range.from + 1;
  return out;
}

} // namespace engram::storage

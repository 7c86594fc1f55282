#include "memory/access.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

std::int64_t floor_second(base::instant at) {
  const std::int64_t whole = at.ms / 1000;
  return at.ms % 1000 < 0 ? whole - 1 : whole;
}

void insert_mark(access_record& record, const access_mark& mark) {
  auto* const begin = record.newest.data();
  auto* const end = begin + record.used;
  auto* const at = std::find_if(begin, end, [&mark](const auto& m) { return m <= mark; });
  if (at != end && *at == mark) return;
  if (record.used < access_record::newest_max) {
    std::copy_backward(at, end, end + 1);
    ++record.used;
    *at = mark;
  } else if (at != end) {
    std::copy_backward(at, end - 1, end);
    *at = mark;
  }
}

} // namespace

void access_record::add(base::instant at, const base::hash128& operation) {
  access_record one;
  one.count = 1;
  one.first = one.last = floor_second(at);
  one.newest[0] = {one.first, operation.high};
  one.used = 1;
  merge(one);
}

void access_record::merge(const access_record& other) {
  if (other.empty()) return;
  if (empty()) {
    *this = other;
    return;
  }
  count += other.count;
  first = std::min(first, other.first);
  last = std::max(last, other.last);
  for (const auto& mark : other.marks()) insert_mark(*this, mark);
}

} // namespace engram::memory

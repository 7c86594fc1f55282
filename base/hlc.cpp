#include "base/hlc.hpp"

#include <algorithm>

namespace engram::base {

namespace {

constexpr std::int64_t WALL_MAX_MS = (std::int64_t{1} << 48) - 1;

/// First stamp of that millisecond.
hlc first_at(instant t) noexcept {
  const std::int64_t ms = std::clamp<std::int64_t>(t.ms, 0, WALL_MAX_MS);
  return {static_cast<std::uint64_t>(ms) << 16};
}

} // namespace

hlc hlc_clock::next(instant now) {
  last_ = std::max(hlc{last_.value + 1}, first_at(now));
  return last_;
}

void hlc_clock::observe(hlc remote, instant now) {
  const hlc bound{first_at(now + forward_max).value | 0xffff};
  last_ = std::max(last_, std::min(remote, bound));
}

} // namespace engram::base

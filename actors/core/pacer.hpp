#pragma once
// How fast this node copies spaces from others: what came is paid for before more is asked. Pure.
// Owner: replication, its thread.
//
// Drive: took(bytes, now) for what came; while may_ask(now) is false, ask for nothing.

#include "base/time.hpp"

#include <algorithm>
#include <cstdint>

namespace engram::actors {

class pacer {
public:
  /// 0: no bound.
  explicit pacer(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}

  void took(std::uint64_t bytes, base::instant now) {
    if (rate_ == 0) return;
    free_at_us_ = std::max(free_at_us_, now.ms * 1'000) +
                  static_cast<std::int64_t>(bytes * 1'000'000 / rate_);
  }
  bool may_ask(base::instant now) const { return now.ms * 1'000 >= free_at_us_; }

private:
  std::uint64_t rate_;
  std::int64_t free_at_us_ = 0;
};

} // namespace engram::actors

#pragma once
// When writes are refused for want of room: a reserve is kept free so that what was accepted can
// still be written, and compaction still has room to give some back. Pure; whoever owns the store
// feeds it stats().bytes_free now and then.

#include <algorithm>
#include <cstdint>

namespace engram::storage {

struct reserve_config {
  /// Kept free. Raising it refuses writes earlier on a filling disk.
  std::uint64_t bytes = 64ull << 20;
  /// Writing resumes with this much more than the reserve free, in percent of it: without the
  /// distance a disk at the line would accept and refuse in turns.
  std::uint32_t resume_percent = 25;
};

class free_space_rule {
public:
  explicit free_space_rule(reserve_config config = {}) : config_(config) {}

  /// May writes be accepted, given what is free now and what was accepted but is not yet written?
  bool step(std::uint64_t bytes_free, std::uint64_t bytes_in_flight = 0) noexcept {
    const auto left = bytes_free - std::min(bytes_free, bytes_in_flight);
    if (left < config_.bytes) accepting_ = false;
    if (left >= resume_at()) accepting_ = true;
    return accepting_;
  }
  bool accepting() const noexcept { return accepting_; }
  std::uint64_t resume_at() const noexcept {
    return config_.bytes + config_.bytes / 100 * config_.resume_percent;
  }

private:
  reserve_config config_;
  bool accepting_ = true;
};

} // namespace engram::storage

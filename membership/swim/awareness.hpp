#pragma once
// A member's doubt about itself (Lifeguard, local health multiplier): 0 = healthy. It rises when
// others' answers stay away and when we must refute a suspicion, and stretches our own timeouts, so
// an overloaded member accuses slowly.

#include <algorithm>
#include <cstdint>

namespace engram::membership {

class awareness {
public:
  explicit awareness(std::uint32_t end) : end_(std::max<std::uint32_t>(1, end)) {}
  void worsen(std::uint32_t by = 1) noexcept { score_ = std::min(score_ + by, end_ - 1); }
  void improve() noexcept { score_ = score_ == 0 ? 0 : score_ - 1; }
  std::uint32_t score() const noexcept { return score_; }
  /// What timeouts are multiplied by: 1 .. end.
  std::uint32_t factor() const noexcept { return score_ + 1; }

private:
  std::uint32_t end_;
  std::uint32_t score_ = 0;
};

} // namespace engram::membership

#include "membership/feature_level.hpp"

#include <algorithm>
#include <limits>

namespace engram::membership {

base::result<std::uint32_t> common_level(std::span<const advertisement> members,
                                         std::uint32_t level) {
  std::uint32_t lowest = level, highest = std::numeric_limits<std::uint32_t>::max();
  for (const auto& m : members) {
    if (!succession::counts(m.who)) continue;
    lowest = std::max<std::uint32_t>(lowest, m.feature_min);
    highest = std::min<std::uint32_t>(highest, m.feature_max);
  }
  if (lowest > highest)
    return {base::errc::incompatible, "some member needs level " + std::to_string(lowest) +
                                          ", another knows only " + std::to_string(highest)};
  return highest;
}

std::optional<std::uint32_t> feature_level::look(std::span<const advertisement> members,
                                                 std::uint32_t level,
                                                 std::chrono::nanoseconds now) {
  const auto common =
      members.empty() ? base::result<std::uint32_t>(level) : common_level(members, level);
  if (!common || *common <= level) {
    since_.reset();
    return {};
  }
  if (!since_ || agreed_ != *common) {
    since_ = now;
    agreed_ = *common;
  }
  if (now - *since_ < patience_) return {};
  return agreed_;
}

} // namespace engram::membership

#pragma once
// The cluster's feature level: what all its members know how to read, so that nobody writes what
// another cannot take. It only grows: on command at once, by itself when all have agreed for a
// while. Members that are dead count, since they may come back as they were; those that left or
// are not waited for do not. Pure. Owner: the node, its ticker.

#include "base/result.hpp"
#include "membership/succession.hpp"

#include <optional>

namespace engram::membership {

struct advertisement {
  standing who;
  std::uint16_t feature_min = 1, feature_max = 1;
};

/// The highest level that all know; errc::incompatible: some know no common one, or no longer
/// `level`.
base::result<std::uint32_t> common_level(std::span<const advertisement> members,
                                         std::uint32_t level);

class feature_level {
public:
  explicit feature_level(std::chrono::nanoseconds patience = std::chrono::minutes(10))
      : patience_(patience) {}

  /// A level to raise to, once all have known it for the whole patience. `now` is monotonic.
  std::optional<std::uint32_t> look(std::span<const advertisement> members, std::uint32_t level,
                                    std::chrono::nanoseconds now);

private:
  std::chrono::nanoseconds patience_;
  std::optional<std::chrono::nanoseconds> since_;
  std::uint32_t agreed_ = 0;
};

} // namespace engram::membership

#pragma once
// What this build is called, and the feature levels of the wire it speaks.

#include <cstdint>
#include <string_view>

namespace engram::node {

std::string_view version() noexcept;

inline constexpr std::uint16_t FEATURE_MIN = 1, FEATURE_MAX = 2;

} // namespace engram::node

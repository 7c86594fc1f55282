#pragma once
// A date as a span of time: as long as it was exact. Pure.

#include "base/time.hpp"

#include <optional>
#include <string_view>

namespace engram::memory {

/// Half-open.
struct time_span {
  base::instant from, until;
};

/// What base::parse_time() reads; "2023" is the year, "2023-05" the month, without a time of day
/// the day, without seconds the minute, else the second. nullopt: no time.
std::optional<time_span> span_of_date(std::string_view text);

} // namespace engram::memory

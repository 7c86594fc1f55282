#pragma once
// Numbers and times as people read them. Pure.

#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engram::client {

std::string count_text(std::uint64_t number);                // "117,659"
std::string bytes_text(std::uint64_t bytes);                 // "48.2 MB"
std::string fixed_text(double number, int digits);           // "0.83"
std::string duration_text(base::duration length);            // "340 ms", "12 s", "3 min", "2 days"
std::string micros_text(std::uint64_t microseconds);         // "840 us", "1.2 ms"
std::string ago_text(base::instant then, base::instant now); // "3 days ago", "in 2 h", "now"
std::string day_text(base::instant t); // "8 May 2023", with "13:56" if not midnight
/// "1 memory", "2 memories"
std::string plural(std::uint64_t number, std::string_view one, std::string_view many);
/// The first `width` characters (not bytes), line ends as blanks; "…" says that there is more.
std::string shortened(std::string_view text, std::size_t width);
/// The candidate that a slip of the fingers turned into `typed`: at most two letters added, left
/// out or changed, at most half of it; "" if there is none.
std::string nearest(std::string_view typed, const std::vector<std::string>& candidates);

} // namespace engram::client

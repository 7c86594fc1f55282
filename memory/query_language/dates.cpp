#include "memory/query_language/dates.hpp"

#include <algorithm>

namespace engram::memory {

std::optional<time_span> span_of_date(std::string_view text) {
  const auto start = base::parse_time(text);
  if (!start) return std::nullopt;
  const auto last = [&](base::duration length) { return time_span{*start, *start + length}; };
  const bool digits = std::all_of(text.begin(), text.end(),
                                  [](char c) { return (c >= '0' && c <= '9') || c == '-'; });
  if (digits && text.size() <= 7) { // a year or a month
    base::civil next = base::to_civil(*start);
    const bool month = text.size() > 4;
    next.month += month ? 1 : 0;
    next.year += month ? (next.month > 12 ? 1 : 0) : 1;
    if (next.month > 12) next.month = 1;
    return time_span{*start, base::from_civil(next)};
  }
  if (text.front() == '@') return last(std::chrono::seconds(1));
  const auto colons = std::count(text.begin(), text.end(), ':');
  if (colons == 0) return last(std::chrono::hours(24));
  return last(colons == 1 ? base::duration(std::chrono::minutes(1)) : std::chrono::seconds(1));
}

} // namespace engram::memory

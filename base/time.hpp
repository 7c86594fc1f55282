#pragma once
// Time as values. Nothing below node/ reads a clock: instants come in as parameters or through the
// clock port.

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace engram::base {

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored. Negative before 1970.
struct instant {
  std::int64_t ms = 0;
  friend auto operator<=>(const instant&, const instant&) = default;
};

using duration = std::chrono::milliseconds;

inline duration operator-(instant later, instant earlier) {
  return duration{later.ms - earlier.ms};
}
inline instant operator+(instant t, duration d) { return instant{t.ms + d.count()}; }
inline instant operator-(instant t, duration d) { return instant{t.ms - d.count()}; }

/// The clock port. wall() may jump; monotonic() never goes back and has no meaning across runs.
class clock {
public:
  virtual ~clock() = default;
  virtual instant wall() const = 0;
  virtual std::chrono::nanoseconds monotonic() const = 0;
};

/// Calendar date in the proleptic Gregorian calendar.
struct civil {
  std::int64_t year = 1970;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0;
  friend bool operator==(const civil&, const civil&) = default;
};
civil to_civil(instant t) noexcept;
/// Requires: month 1..12, day 1..31.
instant from_civil(const civil& c) noexcept;

/// Reads one point in time: ISO 8601 first ("2023-05-08T13:56:00Z", "2023-05-08 13:56",
/// "2023-05-08", "2023-05", "2023", with or without offset), then "1:56 pm on 8 May, 2023",
/// "8 May 2023", "May 8, 2023", RFC 2822 ("Mon, 08 May 2023 13:56:00 +0200", as Debian changelogs
/// write), "@epoch_seconds". A missing offset means UTC; missing fields are their smallest value.
/// nullopt: not a time.
std::optional<instant> parse_time(std::string_view text) noexcept;

/// "2023-05-08T13:56:00Z", with ".123" before the Z only when milliseconds are not zero.
std::string format_time(instant t);

} // namespace engram::base

#include "client/cli/words.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>
#include <utility>

namespace engram::client {

namespace {

/// Letters to add, leave out or change.
std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

} // namespace

std::string count_text(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string fixed_text(double number, int digits) {
  std::array<char, 400> text = {};
  std::snprintf(text.data(), text.size(), "%.*f", digits, number);
  return text.data();
}

std::string bytes_text(std::uint64_t bytes) {
  static constexpr std::array<const char*, 5> UNITS = {"B", "kB", "MB", "GB", "TB"};
  if (bytes < 1000) return std::to_string(bytes) + " B";
  auto scaled = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; scaled >= 999.5 && unit + 1 < UNITS.size(); ++unit) scaled /= 1000;
  return fixed_text(scaled, scaled < 100 ? 1 : 0) + " " + UNITS[unit];
}

std::string duration_text(base::duration length) {
  const std::int64_t ms = length.count();
  const std::int64_t seconds = ms / 1000, minutes = seconds / 60, hours = minutes / 60;
  const std::int64_t days = hours / 24;
  const auto said = [](std::int64_t n, const char* unit) { return std::to_string(n) + unit; };
  if (ms < 1000) return said(ms, " ms");
  if (seconds < 120) return said(seconds, " s");
  if (minutes < 120) return said(minutes, " min");
  if (hours < 48) return said(hours, " h");
  if (days < 60) return said(days, " days");
  if (days < 730) return said(days * 10 / 304, " months");
  return said(days * 100 / 36524, " years");
}

std::string micros_text(std::uint64_t microseconds) {
  if (microseconds < 1000) return std::to_string(microseconds) + " us";
  if (microseconds < 1'000'000)
    return fixed_text(static_cast<double>(microseconds) / 1e3, 1) + " ms";
  return fixed_text(static_cast<double>(microseconds) / 1e6, 1) + " s";
}

std::string ago_text(base::instant then, base::instant now) {
  const base::duration since = now - then;
  if (since.count() > -1000 && since.count() < 1000) return "now";
  if (since.count() > 0) return duration_text(since) + " ago";
  return "in " + duration_text(base::duration{-since.count()});
}

std::string day_text(base::instant t) {
  static constexpr std::array<const char*, 12> MONTHS = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const base::civil c = base::to_civil(t);
  std::string text = std::to_string(c.day) + " " + MONTHS[static_cast<std::size_t>(c.month - 1)] +
                     " " + std::to_string(c.year);
  if (c.hour == 0 && c.minute == 0) return text;
  std::array<char, 16> hours = {};
  std::snprintf(hours.data(), hours.size(), " %02d:%02d", c.hour % 100, c.minute % 100);
  return text + hours.data();
}

std::string plural(std::uint64_t number, std::string_view one, std::string_view many) {
  return count_text(number) + " " + std::string{number == 1 ? one : many};
}

std::string shortened(std::string_view text, std::size_t width) {
  std::size_t characters = 0, end = 0;
  for (; end < text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins && ++characters > width) break;
  }
  std::string made{text.substr(0, end)};
  std::replace(made.begin(), made.end(), '\n', ' ');
  if (end < text.size()) made.append("…");
  return made;
}

std::string nearest(std::string_view typed, const std::vector<std::string>& candidates) {
  constexpr std::size_t EDITS_MAX = 2;
  std::size_t least = std::min(EDITS_MAX, typed.size() / 2) + 1;
  std::string found;
  for (const std::string& each : candidates) {
    const std::size_t needed = edits(typed, each);
    if (needed >= least) continue;
    least = needed;
    found = each;
  }
  return found;
}

} // namespace engram::client

#include "base/time.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace engram::base {

namespace {

constexpr std::int64_t MS_PER_DAY = 86'400'000;
constexpr std::int64_t DAYS_PER_ERA = 146'097; // 400 Gregorian years
constexpr std::int64_t YEARS_PER_ERA = 400;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_letter(char c) noexcept { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }

/// A cursor over the text. Every function either consumes what it names or leaves the cursor alone.
class scanner {
public:
  explicit scanner(std::string_view text) : rest_(text) {}

  bool at_end() const noexcept { return rest_.empty(); }
  char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }

  bool accept(char wanted) noexcept {
    if (peek() != wanted || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_spaces() noexcept {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  std::string_view digits() noexcept { return take_while(is_digit); }
  std::string_view word() noexcept { return take_while(is_letter); }
  /// Exactly `count` digits, not followed by a further one.
  std::optional<int> number(std::size_t count) noexcept {
    scanner ahead = *this;
    const std::string_view found = ahead.digits();
    if (found.size() != count) return std::nullopt;
    *this = ahead;
    return to_int(found);
  }

  /// Requires: 1 to 9 digits.
  static int to_int(std::string_view found) noexcept {
    int value = 0;
    for (const char c : found) value = value * 10 + (c - '0');
    return value;
  }

private:
  std::string_view take_while(bool (*wanted)(char) noexcept) noexcept {
    std::size_t n = 0;
    while (n < rest_.size() && wanted(rest_[n])) ++n;
    const std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }

  std::string_view rest_;
};

int days_in_month(std::int64_t year, int month) noexcept {
  const std::chrono::year_month_day_last last{
      std::chrono::year{static_cast<int>(year)},
      std::chrono::month_day_last{std::chrono::month{static_cast<unsigned>(month)}}};
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

/// Local fields and how far their clock is ahead of UTC. A leap second counts as the next minute's
/// first.
std::optional<instant> resolve(const civil& c, int offset_minutes) noexcept {
  if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > days_in_month(c.year, c.month))
    return std::nullopt;
  if (c.hour > 23 || c.minute > 59 || c.second > 60) return std::nullopt;
  return from_civil(c) - std::chrono::minutes{offset_minutes};
}

/// "Z", "+02:00", "+0200", "+02"; minutes east of UTC.
std::optional<int> read_offset(scanner& in) noexcept {
  if (in.accept('Z') || in.accept('z')) return 0;
  const int sign = in.peek() == '-' ? -1 : 1;
  if (!in.accept('+') && !in.accept('-')) return std::nullopt;
  const std::string_view found = in.digits();
  int hours = 0, minutes = 0;
  if (found.size() == 4) {
    hours = scanner::to_int(found.substr(0, 2));
    minutes = scanner::to_int(found.substr(2));
  } else if (found.size() == 2) {
    hours = scanner::to_int(found);
    if (in.accept(':')) {
      const auto rest = in.number(2);
      if (!rest) return std::nullopt;
      minutes = *rest;
    }
  } else {
    return std::nullopt;
  }
  if (hours > 23 || minutes > 59) return std::nullopt;
  return sign * (hours * 60 + minutes);
}

/// What follows the point: ".5" is 500 ms; digits behind the third are dropped.
bool read_fraction(scanner& in, int& millisecond) noexcept {
  if (!in.accept('.') && !in.accept(',')) return true;
  const std::string_view found = in.digits();
  if (found.empty()) return false;
  for (std::size_t i = 0; i < 3; ++i)
    millisecond = millisecond * 10 + (i < found.size() ? found[i] - '0' : 0);
  return true;
}

/// ":56", ":56:30", ":56:30.250" behind an hour.
bool read_minutes(scanner& in, civil& c) noexcept {
  if (!in.accept(':')) return false;
  const auto minute = in.number(2);
  if (!minute) return false;
  c.minute = *minute;
  if (!in.accept(':')) return true;
  const auto second = in.number(2);
  if (!second) return false;
  c.second = *second;
  return read_fraction(in, c.millisecond);
}

std::optional<instant> parse_iso(std::string_view text) noexcept {
  scanner in{text};
  civil c;
  const auto year = in.number(4);
  if (!year) return std::nullopt;
  c.year = *year;
  if (in.at_end()) return resolve(c, 0);
  if (!in.accept('-')) return std::nullopt;
  const auto month = in.number(2);
  if (!month) return std::nullopt;
  c.month = *month;
  if (in.at_end()) return resolve(c, 0);
  if (!in.accept('-')) return std::nullopt;
  const auto day = in.number(2);
  if (!day) return std::nullopt;
  c.day = *day;
  if (in.at_end()) return resolve(c, 0);

  if (!in.accept('T') && !in.accept('t') && !in.accept(' ')) return std::nullopt;
  in.skip_spaces();
  const auto hour = in.number(2);
  if (!hour || !read_minutes(in, c)) return std::nullopt;
  c.hour = *hour;
  in.skip_spaces();
  if (in.at_end()) return resolve(c, 0);
  const auto offset = read_offset(in);
  if (!offset || !in.at_end()) return std::nullopt;
  return resolve(c, *offset);
}

/// "@1683554160" or "@-1.5".
std::optional<instant> parse_epoch(std::string_view text) noexcept {
  scanner in{text};
  if (!in.accept('@')) return std::nullopt;
  const bool negative = in.accept('-');
  const std::string_view whole = in.digits();
  if (whole.empty() || whole.size() > 15) return std::nullopt;
  std::int64_t seconds = 0;
  std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
  int millisecond = 0;
  if (!read_fraction(in, millisecond) || !in.at_end()) return std::nullopt;
  const std::int64_t ms = seconds * 1000 + millisecond;
  return instant{negative ? -ms : ms};
}

/// Index of the name that `word` is, or abbreviates with at least three letters.
template <std::size_t N>
std::optional<int> find_name(const std::array<std::string_view, N>& names,
                             std::string_view word) noexcept {
  if (word.size() < 3) return std::nullopt;
  for (std::size_t i = 0; i < N; ++i) {
    bool same = word.size() <= names[i].size();
    for (std::size_t k = 0; same && k < word.size(); ++k) same = to_lower(word[k]) == names[i][k];
    if (same) return static_cast<int>(i);
  }
  return std::nullopt;
}

constexpr std::array<std::string_view, 12> MONTHS = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> WEEKDAYS = {"monday", "tuesday",  "wednesday", "thursday",
                                                      "friday", "saturday", "sunday"};

bool equals_lower(std::string_view word, std::string_view lower) noexcept {
  if (word.size() != lower.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i)
    if (to_lower(word[i]) != lower[i]) return false;
  return true;
}

/// Dates as people and mail programs write them: parts in any order, each at most once. A month by
/// name and a year of four digits are required; so "8 May 2023", "May 8, 2023", RFC 2822 and git's
/// default are one grammar.
class worded_date {
public:
  std::optional<instant> read(std::string_view text) noexcept {
    scanner in{text};
    for (in.skip_spaces(); !in.at_end(); in.skip_spaces())
      if (!step(in)) return std::nullopt;
    if (!has_month_ || !has_year_ || !close_clock()) return std::nullopt;
    return resolve(fields_, offset_.value_or(0));
  }

private:
  bool step(scanner& in) noexcept {
    if (in.accept(',')) return true;
    if (is_digit(in.peek())) return step_number(in);
    if (is_letter(in.peek())) return step_word(in.word());
    if (offset_ || !has_clock_) return false;
    offset_ = read_offset(in);
    return offset_.has_value();
  }

  bool step_number(scanner& in) noexcept {
    const std::string_view found = in.digits();
    if (found.size() == 4) {
      fields_.year = scanner::to_int(found);
      return !std::exchange(has_year_, true);
    }
    if (found.size() > 2) return false;
    const int value = scanner::to_int(found);
    if (in.peek() == ':') {
      fields_.hour = value;
      return !std::exchange(has_clock_, true) && read_minutes(in, fields_);
    }
    scanner ahead = in;
    ahead.skip_spaces();
    const std::string_view next = ahead.word();
    if (equals_lower(next, "am") || equals_lower(next, "pm")) {
      fields_.hour = value;
      return !std::exchange(has_clock_, true); // the word itself comes next
    }
    if (const auto suffix = in; is_letter(in.peek())) {
      const std::string_view ordinal = in.word();
      const bool known = equals_lower(ordinal, "st") || equals_lower(ordinal, "nd") ||
                         equals_lower(ordinal, "rd") || equals_lower(ordinal, "th");
      if (!known) in = suffix;
    }
    fields_.day = value;
    return !std::exchange(has_day_, true);
  }

  bool step_word(std::string_view word) noexcept {
    if (equals_lower(word, "on") || equals_lower(word, "at") || equals_lower(word, "of"))
      return true;
    if (equals_lower(word, "am") || equals_lower(word, "pm")) {
      if (!has_clock_ || half_ != half_of_day::none) return false;
      half_ = to_lower(word[0]) == 'p' ? half_of_day::afternoon : half_of_day::morning;
      return true;
    }
    if (equals_lower(word, "z") || equals_lower(word, "utc") || equals_lower(word, "gmt")) {
      if (offset_ || !has_clock_) return false;
      offset_ = 0;
      return true;
    }
    if (const auto month = find_name(MONTHS, word)) {
      fields_.month = *month + 1;
      return !std::exchange(has_month_, true);
    }
    return find_name(WEEKDAYS, word) && !std::exchange(has_weekday_, true);
  }

  bool close_clock() noexcept {
    if (half_ == half_of_day::none) return true;
    if (fields_.hour < 1 || fields_.hour > 12) return false;
    fields_.hour = fields_.hour % 12 + (half_ == half_of_day::afternoon ? 12 : 0);
    return true;
  }

  enum class half_of_day : std::uint8_t { none, morning, afternoon };

  civil fields_;
  half_of_day half_ = half_of_day::none;
  std::optional<int> offset_;
  bool has_year_ = false, has_month_ = false, has_day_ = false, has_clock_ = false;
  bool has_weekday_ = false;
};

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out.append(digits);
}

} // namespace

civil to_civil(instant t) noexcept {
  const std::int64_t days = floor_divide(t.ms, MS_PER_DAY);
  std::int64_t rest = t.ms - days * MS_PER_DAY;
  const std::int64_t era = floor_divide(days, DAYS_PER_ERA); // keeps chrono within its years
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{days - era * DAYS_PER_ERA}}};

  civil c;
  c.year = static_cast<int>(date.year()) + era * YEARS_PER_ERA;
  c.month = static_cast<int>(static_cast<unsigned>(date.month()));
  c.day = static_cast<int>(static_cast<unsigned>(date.day()));
  c.millisecond = static_cast<int>(rest % 1000);
  rest /= 1000;
  c.second = static_cast<int>(rest % 60);
  c.minute = static_cast<int>(rest / 60 % 60);
  c.hour = static_cast<int>(rest / 3600);
  return c;
}

instant from_civil(const civil& c) noexcept {
  const std::int64_t era = floor_divide(c.year - 1970, YEARS_PER_ERA);
  const std::chrono::year_month_day date{
      std::chrono::year{static_cast<int>(c.year - era * YEARS_PER_ERA)},
      std::chrono::month{static_cast<unsigned>(c.month)},
      std::chrono::day{static_cast<unsigned>(c.day)}};
  const std::int64_t days =
      era * DAYS_PER_ERA + std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = ((days * 24 + c.hour) * 60 + c.minute) * 60 + c.second;
  return instant{seconds * 1000 + c.millisecond};
}

std::optional<instant> parse_time(std::string_view text) noexcept {
  text = trim(text);
  if (text.empty() || text.size() > 100) return std::nullopt;
  if (text.front() == '@') return parse_epoch(text);
  if (const auto iso = parse_iso(text)) return iso;
  return worded_date{}.read(text);
}

std::string format_time(instant t) {
  const civil c = to_civil(t);
  std::string out = c.year < 0 ? "-" : "";
  append_padded(out, c.year < 0 ? -c.year : c.year, 4);
  append_padded(out.append("-"), c.month, 2);
  append_padded(out.append("-"), c.day, 2);
  append_padded(out.append("T"), c.hour, 2);
  append_padded(out.append(":"), c.minute, 2);
  append_padded(out.append(":"), c.second, 2);
  if (c.millisecond != 0) append_padded(out.append("."), c.millisecond, 3);
  return out.append("Z");
}

} // namespace engram::base

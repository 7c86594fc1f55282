#include "memory/text/dates.hpp"

#include <algorithm>
#include <charconv>

namespace engram::memory {
namespace {

struct number {
  int value = -1;
  bool ordinal = false; // "8th"
};

number read_number(std::string_view word) {
  number n;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), n.value);
  if (error != std::errc{}) return {};
  const std::string_view rest(end, static_cast<std::size_t>(word.data() + word.size() - end));
  n.ordinal = rest == "st" || rest == "nd" || rest == "rd" || rest == "th";
  return rest.empty() || n.ordinal ? n : number{};
}

bool is_day(const number& n) { return n.value >= 1 && n.value <= 31; }
bool is_year(const number& n) { return !n.ordinal && n.value >= 1000 && n.value <= 2999; }
/// Without a month beside it a number is a year only where it can hardly be anything else.
bool is_lone_year(const number& n) { return !n.ordinal && n.value >= 1900 && n.value <= 2099; }

class date_finder {
public:
  explicit date_finder(const std::vector<date_token>& tokens) : tokens_(tokens) {
    for (const date_token& token : tokens) numbers_.push_back(read_number(token.word));
    taken_.resize(tokens.size());
  }

  std::vector<named_date> find() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].month != 0)
        month_at(i);
      else if (iso_at(i))
        i += 2;
    }
    for (std::size_t i = 0; i < tokens_.size(); ++i)
      if (!taken_[i] && is_lone_year(numbers_[i])) add({numbers_[i].value, 0, 0});
    return std::move(dates_);
  }

private:
  number number_at(std::size_t i) const {
    return i < numbers_.size() && !taken_[i] ? numbers_[i] : number{};
  }

  bool iso_at(std::size_t i) {
    const number year = number_at(i), month = number_at(i + 1), day = number_at(i + 2);
    if (!is_year(year) || month.value < 1 || month.value > 12 || !is_day(day)) return false;
    taken_[i] = taken_[i + 1] = taken_[i + 2] = true;
    add({year.value, month.value, day.value});
    return true;
  }

  void month_at(std::size_t i) {
    named_date date{0, tokens_[i].month, 0};
    std::size_t next = i + 1;
    const std::size_t before = i >= 2 && tokens_[i - 1].word == "of" ? i - 2 : i - 1;
    if (i >= 1 && is_day(number_at(before))) {
      date.day = take(before);
    } else if (is_day(number_at(next))) {
      date.day = take(next++);
    }
    if (next + 1 < tokens_.size() && tokens_[next].word == "of") ++next;
    if (is_year(number_at(next))) date.year = take(next);
    // "may" and "march" are verbs more often than months.
    const bool alone = date.day == 0 && date.year == 0;
    if (alone && !(i >= 1 && tokens_[i - 1].is_stop && tokens_[i - 1].word.size() <= 6 &&
                   (tokens_[i - 1].word == "in" || tokens_[i - 1].word == "of" ||
                    tokens_[i - 1].word == "during" || tokens_[i - 1].word == "since")))
      return;
    taken_[i] = true;
    add(date);
  }

  int take(std::size_t i) {
    taken_[i] = true;
    return numbers_[i].value;
  }

  void add(const named_date& date) {
    if (std::find(dates_.begin(), dates_.end(), date) == dates_.end()) dates_.push_back(date);
  }

  const std::vector<date_token>& tokens_;
  std::vector<number> numbers_;
  std::vector<bool> taken_;
  std::vector<named_date> dates_;
};

} // namespace

std::vector<named_date> find_dates(const std::vector<date_token>& tokens) {
  return date_finder(tokens).find();
}

} // namespace engram::memory

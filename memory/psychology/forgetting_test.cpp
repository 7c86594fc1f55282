// Experiments on forgetting. Memories are stored, then asked for at later times through recall;
// what is measured is what recall says forgetting has left of them, the probability to recall them.
// Production defaults, nothing fitted here.
#include "memory/psychology/laboratory.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace engram::memory {
namespace {

using psychology::laboratory;
using psychology::plot;

constexpr double HOUR = 1, DAY = 24, WEEK = 168;

/// Recall probability after studying at the given hours, `delay` hours after the last time.
double recalled(const std::vector<double>& studied, double delay) {
  laboratory lab;
  lab.study("list", "a series of nonsense syllables", studied.front());
  for (std::size_t i = 1; i < studied.size(); ++i) lab.study_again("list", studied[i]);
  return lab.recall_probability("list", "nonsense syllables", studied.back() + delay);
}

TEST_SUITE("memory") {

  // Manipulated: the interval between learning and test. Measured: what is left. Ebbinghaus 1885,
  // savings as tabled by Murre and Dros 2015, table 1.
  TEST_CASE("forgetting follows Ebbinghaus' seven points within .03") {
    constexpr std::array<std::pair<double, double>, 7> points{{{19.0 / 60, .582},
                                                               {63.0 / 60, .442},
                                                               {525.0 / 60, .358},
                                                               {24, .337},
                                                               {48, .278},
                                                               {144, .254},
                                                               {744, .211}}};
    double squares = 0;
    for (const auto& [hours, savings] : points) {
      const double off = recalled({0}, hours) - savings;
      squares += off * off;
      plot("forgetting", "Ebbinghaus 1885", hours, savings);
    }
    for (double hours = 0.1; hours < 1000; hours *= 1.5)
      plot("forgetting", "Engram", hours, recalled({0}, hours));
    const double error = std::sqrt(squares / points.size());
    MESSAGE("root mean square error ", error);
    CHECK(error <= 0.03);
  }

  // Manipulated: massed or spaced second study. Measured: recall one week after it. Cepeda,
  // Pashler, Vul, Wixted and Rohrer 2006: 15 to 40 % more.
  TEST_CASE("two studies a day apart leave 15 to 40 % more after a week than two at once") {
    const double massed = recalled({0, 0}, WEEK);
    const double gain = recalled({0, DAY}, WEEK) / massed - 1;
    MESSAGE("gain ", gain);
    CHECK(gain >= 0.15);
    CHECK(gain <= 0.40);
    CHECK(recalled({0, 2 * DAY}, WEEK) / massed - 1 <= 0.40);
  }

  // Manipulated: gap between two studies, and the interval to the test. Measured: which gap is
  // best. Cepeda, Vul, Rohrer, Wixted and Pashler 2008: the best gap grows with the interval, 1 day
  // for a week to 21 days for a year; beyond it recall falls slowly (an inverted U).
  TEST_CASE("the best gap grows with the interval to the test") {
    const std::array<double, 9> gaps{HOUR,     6 * HOUR, DAY,      2 * DAY,  4 * DAY,
                                     10 * DAY, 21 * DAY, 60 * DAY, 120 * DAY};
    double before = 0;
    for (const double interval : {DAY, WEEK, 5 * WEEK, 50 * WEEK}) {
      std::vector<double> kept;
      kept.reserve(gaps.size());
      for (const double gap : gaps) kept.push_back(recalled({0, gap}, interval));
      const auto best = std::max_element(kept.begin(), kept.end());
      const double gap = gaps[static_cast<std::size_t>(best - kept.begin())];
      const std::string series = "test after " + std::to_string(std::lround(interval / DAY)) + " d";
      for (std::size_t i = 0; i < gaps.size(); ++i)
        plot("spacing", series.c_str(), gaps[i] / DAY, kept[i]);
      MESSAGE("interval of ", interval / DAY, " days: best gap ", gap / DAY, " days");
      CHECK(gap > before);
      CHECK(kept.front() < *best);
      before = gap;
    }
  }

  // Manipulated: number of recalls, a day apart. Measured: recall a week later. Testing effect,
  // Roediger and Karpicke 2006: what was recalled more often is kept better.
  TEST_CASE("each spaced recall leaves a memory stronger") {
    std::vector<double> studied{0};
    double before = recalled(studied, WEEK);
    for (int i = 1; i <= 5; ++i) {
      studied.push_back(i * DAY);
      const double now = recalled(studied, WEEK);
      CHECK(now > before);
      before = now;
    }
  }

  // Jost's law 1897: of two memories of equal strength the older one fades more slowly.
  TEST_CASE("of two memories of one strength the older fades more slowly") {
    const double old_now = recalled({0, DAY}, WEEK);
    double age = HOUR; // of a memory studied once that is as strong
    while (recalled({0}, age) > old_now) age *= 1.05;
    CHECK(recalled({0, DAY}, 2 * WEEK) / old_now > recalled({0}, age + WEEK) / recalled({0}, age));
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory

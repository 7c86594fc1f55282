// Experiments on associations: how many there are of a thing, and what they bring to mind that was
// never there. Measured through recall and spread with production defaults.
#include "memory/psychology/laboratory.hpp"
#include "memory/verbs/recall_probability.hpp"
#include "tests/support/doctest.hpp"

#include "base/math.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace engram::memory {
namespace {

using psychology::laboratory;
using psychology::plot;

std::string name(std::string_view kind, int cell, int i) {
  // Words that the language's rules leave alone.
  std::string made(kind);
  for (const int n : {cell, i}) made.append({static_cast<char>('a' + n), 'q', 'x'});
  return made;
}

struct line {
  double scale, offset, correlation;
};
line fit(const std::vector<double>& x, const std::vector<double>& y) {
  double mx = 0, my = 0, xx = 0, xy = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) mx += x[i], my += y[i];
  mx /= static_cast<double>(x.size());
  my /= static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    xy += (x[i] - mx) * (y[i] - my);
    yy += (y[i] - my) * (y[i] - my);
  }
  return {xy / xx, my - xy / xx * mx, xy / std::sqrt(xx * yy)};
}

/// Activation of the target when its person and place are asked for.
double activation_of(laboratory& lab, const std::string& id, const std::string& cue) {
  recall_query query;
  query.cue.text = cue;
  query.limit = 100;
  query.now = laboratory::at_hours(0);
  for (const hit& h : recall(*lab.view(), lab.setting(), query).hits)
    if (h.id == id) return h.activation.to_double();
  return 0;
}

/// A mind that knows words and their associates, and one list of 15 words for each of 24 lures. How
/// strongly the words of a list bring up its lure is drawn from the published range of list means,
/// .02 to .37 (Roediger, Watson, McDermott and Gallo 2001); each word has other associates besides.
class word_lists {
public:
  static constexpr int LISTS = 24, LENGTH = 15, OTHERS = 5;

  word_lists() {
    base::random random(20260905);
    for (int list = 0; list < LISTS; ++list) {
      learn(lure(list));
      learn(name("unrelated", list, 0));
      for (int i = 0; i < LENGTH; ++i) {
        const std::string word = name("studied", list, i);
        learn(word);
        lab_.associate(word, lure(list), std::max(0.01, mean(list) * (0.4 + 1.2 * random.unit())));
        for (int o = 0; o < OTHERS; ++o) {
          const std::string other =
              name("other" + std::string(1, static_cast<char>('a' + o)), list, i);
          learn(other);
          lab_.associate(word, other, 0.02 + 0.1 * random.unit());
        }
        lab_.study("heard " + word, word, 24, "list " + std::to_string(list));
      }
    }
  }
  static double mean(int list) { return 0.02 + 0.35 * list / (LISTS - 1); }
  static std::string lure(int list) { return name("lure", list, 0); }

  /// Activation of each word after the list was heard.
  std::map<std::string, base::q32> after(int list) {
    spread_query query;
    for (int i = 0; i < LENGTH; ++i) query.from.push_back("heard " + name("studied", list, i));
    query.limit = 1000;
    query.now = laboratory::at_hours(24);
    std::map<std::string, base::q32> words;
    for (const activated& a : spread(*lab_.view(), lab_.setting(), query).memories)
      if (!a.id.starts_with("heard ")) words[a.id] = a.activation;
    return words;
  }

private:
  void learn(const std::string& word) { lab_.study(word, word); }
  laboratory lab_;
};

TEST_SUITE("memory") {

  // Manipulated: in how many facts the person (columns) and the place (rows) of a fact occur.
  // Measured: activation A of the fact when both are named; time = offset + scale e^-A (Anderson
  // and Reder 1999), one scale and one offset for all. Anderson 1974, experiment 1, targets.
  TEST_CASE("more facts about a person or a place make each slower to recognise") {
    constexpr std::array<std::array<double, 3>, 3> seconds{
        {{1.11, 1.17, 1.22}, {1.17, 1.20, 1.22}, {1.15, 1.23, 1.36}}};
    laboratory lab;
    for (int cell = 0; cell < 9; ++cell) {
      const std::string person = name("person", cell, 0), place = name("place", cell, 0);
      lab.study("target" + std::to_string(cell), person + " is in the " + place);
      for (int i = 1; i <= cell % 3; ++i)
        lab.study(name("p", cell, i), person + " is in the " + name("place", cell, i));
      for (int i = 1; i <= cell / 3; ++i)
        lab.study(name("l", cell, i), name("person", cell, i) + " is in the " + place);
    }
    std::vector<double> engine, people;
    for (int cell = 0; cell < 9; ++cell) {
      const double a = activation_of(lab, "target" + std::to_string(cell),
                                     name("person", cell, 0) + " " + name("place", cell, 0));
      REQUIRE(a > 0);
      engine.push_back(base::exp(-a));
      people.push_back(
          seconds[static_cast<std::size_t>(cell / 3)][static_cast<std::size_t>(cell % 3)]);
    }
    const line fitted = fit(engine, people);
    for (std::size_t cell = 0; cell < engine.size(); ++cell)
      plot("fan", "nine kinds of targets", fitted.offset + fitted.scale * engine[cell],
           people[cell]);
    for (const double s : {1.1, 1.4}) plot("fan", "as predicted", s, s);
    const double residual = people[8] - (fitted.offset + fitted.scale * engine[8]);
    MESSAGE("correlation ", fitted.correlation, ", residual of (3,3) ", residual, " s");
    CHECK(fitted.correlation >= 0.90);
    CHECK(std::abs(residual) <= 0.05);
  }

  // Manipulated: lists of words whose common associate, the lure, is never heard. Measured: which
  // unheard word is most active, and how likely each kind of word comes to mind. Deese 1959;
  // Roediger and McDermott 1995: lures 40 to 60 %, studied words 60 to 85 %, unrelated words under
  // 5 %.
  TEST_CASE("a word that was never heard comes to mind when all its associates were") {
    word_lists lists;
    int first = 0;
    double lures = 0, studied = 0, unrelated = 0;
    for (int list = 0; list < word_lists::LISTS; ++list) {
      const auto words = lists.after(list);
      std::string most;
      for (const auto& [word, activation] : words) {
        if (word.starts_with("studied")) {
          studied += recall_probability(activation);
          continue;
        }
        if (most.empty() || activation > words.at(most)) most = word;
        if (word.starts_with("unrelated")) unrelated += recall_probability(activation);
      }
      first += most == word_lists::lure(list);
      if (const auto at = words.find(word_lists::lure(list)); at != words.end()) {
        lures += recall_probability(at->second);
        plot("false-memory", "lures", lists.mean(list), recall_probability(at->second));
      }
      plot("false-memory", "studied words", lists.mean(list),
           studied / (word_lists::LENGTH * (list + 1)));
      plot("false-memory", "unrelated words", lists.mean(list), unrelated / (list + 1));
    }
    const double share = static_cast<double>(first) / word_lists::LISTS;
    lures /= word_lists::LISTS;
    studied /= word_lists::LISTS * word_lists::LENGTH;
    unrelated /= word_lists::LISTS;
    MESSAGE("lure first in ", share, "; recalled: lures ", lures, ", studied ", studied,
            ", unrelated ", unrelated);
    CHECK(share >= 0.9);
    CHECK(lures >= 0.40);
    CHECK(lures <= 0.60);
    CHECK(studied >= 0.60);
    CHECK(studied <= 0.85);
    CHECK(unrelated < 0.05);
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory

// Experiments on priming: what was met a moment ago, and what was recalled together. Measured
// through recall with production defaults; time to answer = 600 ms / (1 + boost), 600 ms being
// people's without a prime.
#include "memory/psychology/laboratory.hpp"
#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

using psychology::laboratory;
using psychology::plot;

constexpr double UNPRIMED_MS = 600;

/// A few words and what they make think of, as stated by associations.
void learn_words(laboratory& lab) {
  for (const auto* word : {"heron", "crane", "derrick", "harbour", "violin", "marble", "window"})
    lab.study(word, word);
  lab.associate("heron", "crane", 0.8);
  lab.associate("crane", "derrick", 0.8);
  lab.associate("heron", "window", 0.2);
}

/// How much faster the target comes to mind for its own word, in ms.
double facilitation(laboratory& lab, const std::string& target, std::vector<prime> primes) {
  recall_query query;
  query.cue.text = target;
  query.limit = 100;
  query.explain = true;
  query.now = laboratory::at_hours(1);
  query.primes = std::move(primes);
  for (const hit& h : recall(*lab.view(), lab.setting(), query).hits)
    if (h.id == target)
      for (const auto& [name, factor] : h.why->factors)
        if (name == "primed") return UNPRIMED_MS - UNPRIMED_MS / factor;
  return 0;
}

prime before(const std::string& id, std::int64_t ms) {
  return {id, base::instant{laboratory::at_hours(1).ms - ms}};
}

TEST_SUITE("memory") {

  // Manipulated: whether the word before is associated, and how long before it came. Measured: how
  // much sooner the target comes. Neely 1977: 40 to 80 ms of 600 at a quarter of a second, nothing
  // from what is unrelated; gone within seconds.
  TEST_CASE("a word makes its associates come easier for a moment, and nothing else") {
    laboratory lab;
    learn_words(lab);
    for (std::int64_t ms = 0; ms <= 1'500; ms += 50) {
      const auto at = static_cast<double>(ms);
      plot("priming", "an associate", at, facilitation(lab, "crane", {before("heron", ms)}));
      plot("priming", "its associate", at, facilitation(lab, "derrick", {before("heron", ms)}));
      plot("priming", "an unrelated word", at, facilitation(lab, "violin", {before("heron", ms)}));
    }
    const double at_once = facilitation(lab, "crane", {before("heron", 0)});
    const double soon = facilitation(lab, "crane", {before("heron", 250)});
    const double later = facilitation(lab, "crane", {before("heron", 1'000)});
    MESSAGE("at once ", at_once, " ms, after 250 ms ", soon, " ms, after 1 s ", later, " ms");
    CHECK(at_once <= 90);
    CHECK(soon >= 40);
    CHECK(soon <= 80);
    CHECK(later > 0);
    CHECK(later < soon / 4);
    CHECK(facilitation(lab, "crane", {before("heron", 30'000)}) < 0.01);
    CHECK(facilitation(lab, "violin", {before("heron", 250)}) == 0);
    CHECK(facilitation(lab, "crane", {before("heron", -250)}) == 0); // it is still to come
  }

  // Manipulated: how strong the association is, and whether another word stands between. Measured:
  // as above. Mediated priming is about half (Balota and Lorch 1986).
  TEST_CASE("weaker associates are primed less, and those of associates less again") {
    laboratory lab;
    learn_words(lab);
    const double direct = facilitation(lab, "crane", {before("heron", 0)});
    const double weak = facilitation(lab, "window", {before("heron", 0)});
    const double mediated = facilitation(lab, "derrick", {before("heron", 0)});
    MESSAGE("direct ", direct, " ms, weak ", weak, " ms, mediated ", mediated, " ms");
    CHECK(weak > 0);
    CHECK(weak < direct / 2);
    CHECK(mediated > 0.4 * direct);
    CHECK(mediated < 0.6 * direct);
  }

  // Manipulated: how often the word itself was met, and how long ago. Measured: as above.
  // Repetition priming grows with each exposure up to a bound, and lasts for hours (Scarborough
  // 1977).
  TEST_CASE("a word met before comes easier, the oftener the more, for hours") {
    laboratory lab;
    learn_words(lab);
    double last = 0;
    for (std::size_t times = 1; times <= 6; ++times) {
      const double now =
          facilitation(lab, "violin", std::vector<prime>(times, before("violin", 1'000)));
      CHECK(now > last);
      last = now;
    }
    CHECK(facilitation(lab, "violin", std::vector<prime>(20, before("violin", 1'000))) ==
          doctest::Approx(last).epsilon(0.01));
    CHECK(last <= 0.3 * UNPRIMED_MS);
    CHECK(facilitation(lab, "violin", {before("violin", 3'600'000)}) > 10);
  }

  // Manipulated: whether two words were recalled together twice before. Measured: as above.
  TEST_CASE("what was recalled together primes each other") {
    laboratory lab;
    learn_words(lab);
    CHECK(facilitation(lab, "marble", {before("violin", 0)}) == 0);
    for (const double hour : {0.4, 0.5}) lab.study_together({"violin", "marble"}, hour);
    CHECK(facilitation(lab, "marble", {before("violin", 0)}) > 40);
    CHECK(facilitation(lab, "violin", {before("marble", 0)}) > 40);
  }

  TEST_CASE("without primes every score is what it was, and so it is with priming switched off") {
    laboratory lab;
    learn_words(lab);
    recall_query query;
    query.cue.text = "heron crane violin";
    query.now = laboratory::at_hours(1);
    const auto plain = recall(*lab.view(), lab.setting(), query);
    query.primes = {before("heron", 0), before("violin", 0)};
    recall_setting off = lab.setting();
    off.weights.priming = off.weights.repetition = 0;
    const auto silent = recall(*lab.view(), off, query);
    const auto primed = recall(*lab.view(), lab.setting(), query);
    REQUIRE(plain.hits.size() == silent.hits.size());
    bool differs = false;
    for (std::size_t i = 0; i < plain.hits.size(); ++i) {
      CHECK(plain.hits[i].id == silent.hits[i].id);
      CHECK(plain.hits[i].score == silent.hits[i].score);
      differs = differs || primed.hits[i].score != plain.hits[i].score;
    }
    CHECK(differs);
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory

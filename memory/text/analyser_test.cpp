#include "memory/text/analyser.hpp"

#include "memory/text/dates.hpp"
#include "memory/text/unicode.hpp"
#include "memory/text/word_rules.hpp"

#include "tests/support/doctest.hpp"

#include <algorithm>
#include <thread>

namespace engram::memory {
namespace {

analysed read(const analyser& words, std::string text, std::string title = {}) {
  episode e;
  e.id = "x";
  e.text = std::move(text);
  e.title = std::move(title);
  return words.analyse(e);
}

std::vector<std::uint64_t> keys(const analysed& a) {
  std::vector<std::uint64_t> out;
  for (const term_use& t : a.terms) out.push_back(t.key);
  return out;
}

bool same_terms(const analyser& words, std::string a, std::string b) {
  return keys(read(words, std::move(a))) == keys(read(words, std::move(b)));
}

} // namespace

TEST_SUITE("memory") {

  TEST_CASE("irregular and everyday short forms are the word they stand for") {
    const analyser english("english"), german("german");
    CHECK(same_terms(english, "She taught the children", "teaches child"));
    CHECK(same_terms(english, "Mom's pics", "mothers picture"));
    CHECK_FALSE(same_terms(english, "left", "leave")); // a side as often as a departure
    CHECK_FALSE(same_terms(german, "taught", "teach"));
  }

  TEST_CASE("words of one stem are one term, whatever their case, marks or possessive") {
    const analyser english("english");
    CHECK(same_terms(english, "painting", "Paintings"));
    CHECK(same_terms(english, "Anna's garden", "Anna garden"));
    CHECK(same_terms(english, "Anna\u2019s garden", "Anna garden"));
    CHECK(same_terms(english, "Aschenbr\u00F6del", "Aschenbrodel"));
    CHECK(same_terms(english, "\u00C9clair", "\u00E9clair"));
    CHECK_FALSE(same_terms(english, "garden", "bridge"));
  }

  TEST_CASE("words without content are left out, unless there is nothing else") {
    const analyser english("english");
    CHECK(same_terms(english, "the garden of it", "garden"));
    CHECK(read(english, "who are you").terms.size() == 3);
    CHECK(english.analyse_query("what is this").words.size() == 3);
    CHECK(english.analyse_query("what is this garden").words.size() == 1);
  }

  TEST_CASE("a title counts twice and stands apart from the text") {
    const analyser english("english");
    const analysed a = read(english, "bridge bridge", "bridge");
    REQUIRE(a.terms.size() == 1);
    CHECK(a.terms[0].weight == 4);
    CHECK(a.terms[0].positions == 3);
    CHECK(a.length == 4);
    REQUIRE(a.positions.size() == 3);
    CHECK(a.positions[1] - a.positions[0] > 2);
    CHECK(a.positions[2] - a.positions[1] == 1);
  }

  TEST_CASE("a title is named without what stands in brackets, and told apart by its capital") {
    const analyser english("english");
    const analysed plain = read(english, "x", "Mercury");
    CHECK(read(english, "x", "Mercury (planet)").title_key == plain.title_key);
    CHECK(read(english, "x", "mercury").title_key != plain.title_key);
    CHECK(read(english, "x", "The Of").title_key == 0);
    CHECK(plain.title_key != 0);
  }

  TEST_CASE("flags say whether a text asks, counts or speaks of time") {
    const analyser english("english");
    const auto flags = [&](const char* text) { return read(english, text).flags; };
    CHECK((flags("Did you go? [shares a photo]") & ends_in_question) != 0);
    CHECK((flags("I did.") & ends_in_question) == 0);
    CHECK((flags("I saw seven") & has_number) != 0);
    CHECK((flags("I saw 7") & has_number) != 0);
    CHECK((flags("I went there yesterday") & has_time_expression) != 0);
    CHECK((flags("I went there") & (has_number | has_time_expression)) == 0);
  }

  TEST_CASE("questions tell what they ask for") {
    const analyser english("english");
    CHECK(english.analyse_query("When did she leave?").asks_when);
    CHECK(english.analyse_query("How many cats has she?").asks_number);
    CHECK_FALSE(english.analyse_query("How did she leave?").asks_number);
    const analysed_query twice = english.analyse_query("red bridge, red garden");
    CHECK(twice.words.size() == 3);
    CHECK(twice.phrases.size() == 3); // red bridge, bridge red, red garden
  }

  TEST_CASE("dates are read in the forms people write") {
    const analyser english("english");
    const auto dates = [&](const char* text) { return english.analyse_query(text).dates; };
    using list = std::vector<named_date>;
    CHECK(dates("on 8th May, 2023") == list{{2023, 5, 8}});
    CHECK(dates("the 8th of May 2023") == list{{2023, 5, 8}});
    CHECK(dates("on May 8, 2023") == list{{2023, 5, 8}});
    CHECK(dates("in July 2022") == list{{2022, 7, 0}});
    CHECK(dates("in December") == list{{0, 12, 0}});
    CHECK(dates("on 2023-05-08") == list{{2023, 5, 8}});
    CHECK(dates("in 1999 or 2001") == list{{1999, 0, 0}, {2001, 0, 0}});
    CHECK(dates("what may they march for").empty());
    CHECK(dates("room 101 and 12 cats").empty());
  }

  TEST_CASE("other scripts are words too") {
    const analyser none("none");
    CHECK(same_terms(none, "\u041C\u043E\u0441\u043A\u0432\u0430",
                     "\u043C\u043E\u0441\u043A\u0432\u0430"));
    CHECK(same_terms(none, "\u039B\u039F\u0393", "\u03BB\u03BF\u03B3"));
    // Without spaces, neighbours make words: three characters, two pairs and the last alone.
    CHECK(read(none, "\u6771\u4EAC\u90FD").terms.size() == 3);
    CHECK(read(none, "\u2014 \U0001F600 !").terms.empty());
    const analyser french("french");
    CHECK(same_terms(french, "l'homme", "l homme"));
  }

  TEST_CASE("bytes that are not UTF-8, and endless words, are survived") {
    const analyser english("english");
    CHECK(read(english, "ab\xFF\xC3").terms.size() == 1);
    CHECK(read(english, std::string(100'000, 'a')).terms.size() == 1);
    CHECK(read(english, "").terms.empty());
    const analysed many = read(english, [] {
      std::string text;
      for (int i = 0; i < 70'000; ++i) text += "word ";
      return text;
    }());
    CHECK(many.terms[0].weight == 65'535);
  }

  TEST_CASE("every language of the stemmer is known, and none; others are not") {
    CHECK(analyser::known_language("english"));
    CHECK(analyser::known_language("german"));
    CHECK(analyser::known_language("none"));
    CHECK_FALSE(analyser::known_language("klingon"));
    const analyser german("german");
    CHECK(same_terms(german, "H\u00E4user", "Hauser"));
  }

  TEST_CASE("many threads read with one analyser and find the same") {
    const analyser english("english");
    const analysed expected = read(english, "seven painters walked over the old bridges");
    std::vector<std::thread> threads;
    std::vector<int> wrong(4);
    for (std::size_t t = 0; t < wrong.size(); ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 500; ++i)
          if (keys(read(english, "seven painters walked over the old bridges")) != keys(expected))
            ++wrong[t];
      });
    for (std::thread& t : threads) t.join();
    CHECK(std::count(wrong.begin(), wrong.end(), 0) == 4);
  }

  TEST_CASE("lower case and bases of letters follow their blocks") {
    CHECK(to_lower(U'\u0130') == U'i');
    CHECK(to_lower(U'\u0178') == U'\u00FF');
    CHECK(to_lower(U'\u0139') == U'\u013A');
    CHECK(to_lower(U'\u013A') == U'\u013A');
    CHECK(to_lower(U'\u00D7') == U'\u00D7');
    CHECK(fold_marks("e\u0301t\u00E9") == "ete");
    CHECK(fold_marks("\u0142\u00F3d\u017A") == "lodz");
    CHECK(rules_of("german").words.empty());
  }
}

} // namespace engram::memory

#include "memory/query_language/answer.hpp"
#include "memory/verbs/verb_fixture.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>
#include <map>

namespace engram::memory {
namespace {

/// A diary of a gardener and a cook, asked in the query language.
struct diary : verb_fixture {
  diary() {
    under.config.name = "diary";
    for (int i = 0; i < 6; ++i) {
      const std::string n = std::to_string(i);
      add("g" + n, "pruned the apple trees", 10 * i + 1, i % 2 == 0 ? "Ada" : "Bob", "orchard",
          "Kent", "outside");
      add("c" + n, "baked bread with rye", 10 * i + 4, "Cleo", "kitchen", "London", "inside");
    }
    under.relate({"g0", "c0", "reminds", 1.0});
  }
  base::result<query_answer> ask(std::string text, query_parameters with = {}) {
    return answer_query(*view(), setting(), under.config,
                        {std::move(text), std::move(with), on_day(100)}, reader());
  }
  std::vector<std::string> values(const std::string& text, const std::string& field) {
    const auto got = ask(text);
    if (!got) FAIL(got.error().message());
    std::vector<std::string> all;
    for (const finding& f : got->findings)
      if (f.field == field) all.push_back(f.value);
    return all;
  }
};

TEST_SUITE("memory") {

  TEST_CASE("every verb is answered from what is stored") {
    diary d;
    CHECK(d.values("RECALL \"bread\" WHERE when IN 2023-01-04", "memory") ==
          std::vector<std::string>{"c0"});
    CHECK(d.values("RECALL ANY WHERE tag = outside AND when BEFORE 2023-01-15 LIMIT 9", "memory")
              .size() == 2);
    CHECK(d.values("SPREAD FROM g0 ALONG reminds MAX HOPS 1", "memory") ==
          std::vector<std::string>{"g0", "c0"});
    CHECK(d.values("COMPLETE what = \"baked bread\" MISSING who LIMIT 1", "who").front() == "Cleo");
    CHECK(d.values("PREDICT who GIVEN SESSION orchard LIMIT 1", "who") ==
          std::vector<std::string>{"Ada"});
    CHECK(d.values("REMINISCE AROUND 2023-01 WITHIN 1 DAY LIMIT 50", "memory") ==
          std::vector<std::string>{"g0", "c0", "g1", "c1", "g2", "c2", "g3"});
    const auto imagined = d.ask("IMAGINE BASED ON g1, c1 NOVELTY 0");
    REQUIRE(imagined);
    CHECK(imagined->verdict == "imagined, never happened");
    for (const finding& f : imagined->findings) CHECK(f.source == "imagined");
    const auto met =
        d.ask("EXPLAIN RECOGNIZE what = $what", {{"what", std::string("pruned the apple trees")}});
    REQUIRE(met);
    CHECK(met->verb == "RECOGNIZE");
    CHECK(met->findings.front().field == "familiarity");
  }

  TEST_CASE("EXPLAIN brings the evidence: shares of a recall, and the memories that are cited") {
    diary d;
    const auto recalled = d.ask("EXPLAIN RECALL \"bread\" LIMIT 1");
    REQUIRE(recalled);
    REQUIRE(recalled->findings.front().why);
    CHECK(recalled->findings.front().what->text == "baked bread with rye");
    const auto spread = d.ask("SPREAD FROM g0 ALONG reminds MAX HOPS 1");
    REQUIRE(spread);
    CHECK(spread->findings.at(1).path.at(0).kind == "reminds");
    const std::string completion = "COMPLETE what = \"baked bread\" MISSING who LIMIT 1";
    CHECK(d.values(completion, "memory").empty());
    const auto evidence = d.values("EXPLAIN " + completion, "memory");
    const auto completed = d.ask(completion);
    REQUIRE(completed);
    std::vector<std::string> cited = completed->findings.front().because;
    std::sort(cited.begin(), cited.end());
    CHECK_FALSE(cited.empty());
    CHECK(evidence == cited);
  }

  TEST_CASE("a memory says what it is like as a whole, of what is visible") {
    diary d;
    const auto got = d.ask("INTROSPECT LIMIT 1");
    REQUIRE(got);
    REQUIRE(got->findings.size() == 3);
    CHECK(got->findings[0].value == "2023-01-01T00:00:00Z");
    CHECK(got->findings[0].because == std::vector<std::string>{"g0"});
    CHECK(got->findings[1].value == "2023-02-23T00:00:00Z");
    CHECK(got->findings[2].field == "session");
    CHECK(got->findings[2].measures == measures{{"members", 6}});
    const std::map<std::string, double> numbers(got->measures.begin(), got->measures.end());
    CHECK(numbers.at("memories") == 12);
    CHECK(numbers.at("dated") == 12);
    CHECK(numbers.at("sessions") == 2);
    CHECK(numbers.at("embedded") == 0);
    CHECK(numbers.at("recalled") == 0);
    CHECK(numbers.at("confidence") == doctest::Approx(0.9).epsilon(0.0001));
    CHECK(numbers.at("retention") > 0);
    CHECK(numbers.at("retention") < 1);
    CHECK(d.values("INTROSPECT", "session").size() == 2);
  }

  TEST_CASE("what the evidence does not carry is said") {
    diary d;
    const auto got = d.ask("COMPLETE what = \"zzz\" MISSING who, place");
    REQUIRE(got);
    CHECK(got->verdict == "not enough evidence for who, place");
    const auto none = d.ask("PREDICT who GIVEN SESSION nowhere");
    REQUIRE(none);
    CHECK(none->verdict == "not enough evidence");
  }

  TEST_CASE("what cannot be answered is refused with its place") {
    diary d;
    const auto wrong = d.ask("RECALL \"x\" LIMT 5");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == base::errc::invalid_query);
    CHECK(wrong.error().context ==
          "1:12: expected a clause of RECALL, found LIMT; did you mean LIMIT?");
    CHECK_FALSE(d.ask("RECALL \"bread\" IN SPACE other"));
    CHECK(d.ask("RECALL \"bread\" IN SPACE diary"));
    CHECK(d.ask("RECALL \"bread\" SIMILAR TO [1, 2]").error().code == base::errc::wrong_dimension);
    CHECK_FALSE(d.ask("CONSOLIDATE"));
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory

#include "memory/query_language/bind.hpp"
#include "memory/query_language/dates.hpp"
#include "memory/query_language/grammar.hpp"
#include "memory/query_language/parser.hpp"
#include "memory/query_language/words.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

constexpr base::instant now{1'700'000'000'000};

query_statement parsed(std::string_view text) {
  auto made = parse_query(text);
  if (const auto* fault = std::get_if<query_error>(&made)) FAIL(to_string(*fault));
  return std::get<query_statement>(std::move(made));
}
bound_query bound(std::string_view text, const query_parameters& with = {}) {
  auto made = bind_query(parsed(text), with, now);
  if (const auto* fault = std::get_if<query_error>(&made)) FAIL(to_string(*fault));
  return std::get<bound_query>(std::move(made));
}
template <class T>
T asked(std::string_view text, const query_parameters& with = {}) {
  return std::get<T>(bound(text, with).question);
}
/// The error of parsing or, where that succeeds, of binding.
std::string fault_of(std::string_view text, const query_parameters& with = {}) {
  const auto made = parse_query(text);
  if (const auto* fault = std::get_if<query_error>(&made)) return to_string(*fault);
  const auto done = bind_query(std::get<query_statement>(made), with, now);
  const auto* fault = std::get_if<query_error>(&done);
  return fault ? to_string(*fault) : "";
}
base::instant at(std::string_view text) { return *base::parse_time(text); }

TEST_SUITE("memory") {

  TEST_CASE("RECALL asks what it says") {
    const bound_query all = bound("EXPLAIN RECALL \"who fixed the parser\" LIKE m1, \"m 2\" WITH "
                                  "\"Ada\", Bob AT \"Paris\" WHERE when IN 2023-05 AND tag = done "
                                  "AND tag != \"old\" CONFIDENCE >= 0.4 IN SPACE lab, diary AS OF "
                                  "2024-01-01 WITHOUT SPREADING LIMIT 5;");
    CHECK(all.explain);
    CHECK(all.spaces == std::vector<std::string>{"lab", "diary"});
    const auto& q = std::get<recall_query>(all.question);
    CHECK(q.cue.text == "who fixed the parser");
    CHECK(q.cue.like == std::vector<std::string>{"m1", "m 2"});
    CHECK(q.cue.who == std::vector<std::string>{"Ada", "Bob"});
    CHECK(q.cue.place == "Paris");
    CHECK(q.cue.from == at("2023-05-01"));
    CHECK(q.cue.until == at("2023-06-01"));
    CHECK(q.cue.tags == std::vector<std::string>{"done"});
    CHECK(q.cue.tags_excluded == std::vector<std::string>{"old"});
    CHECK(q.confidence_min == 0.4);
    CHECK(q.limit == 5);
    CHECK_FALSE(q.spread);
    CHECK(q.explain);
    CHECK(q.now == at("2024-01-01"));
  }

  TEST_CASE("what is not said has the engine's defaults") {
    const auto q = asked<recall_query>("recall 'tea'");
    CHECK(q.limit == 10);
    CHECK(q.spread);
    CHECK(q.now == now);
    const auto s = asked<spread_query>("SPREAD FROM a");
    CHECK(s.hops == 3);
    CHECK(s.decay == 0.5);
    CHECK(s.threshold == 0.01);
  }

  TEST_CASE("dates are as long as they are exact, and conditions on time narrow each other") {
    const auto q = asked<recall_query>(
        "RECALL \"x\" WHERE when AFTER 2023-05 AND when UNTIL 2023-07-04 AND when BEFORE 2024");
    CHECK(q.cue.from == at("2023-06-01"));
    CHECK(q.cue.until == at("2023-07-05"));
    const auto between = asked<recall_query>("RECALL ANY WHERE when BETWEEN 2021 AND 2022");
    CHECK(between.cue.from == at("2021-01-01"));
    CHECK(between.cue.until == at("2023-01-01"));
    CHECK(span_of_date("2023-12")->until == at("2024-01-01"));
    CHECK(span_of_date("2023-05-08T13:56Z")->until == at("2023-05-08T13:57Z"));
    CHECK(span_of_date("8 May, 2023")->until == at("2023-05-09"));
    CHECK_FALSE(span_of_date("soon"));
    CHECK(fault_of("RECALL ANY WHERE when BEFORE 2021 AND when AFTER 2022") ==
          "1:39: no time is left between these dates");
  }

  TEST_CASE("each other verb asks what it says") {
    const auto s = asked<spread_query>("SPREAD FROM m1 ALONG hypernym MAX HOPS 2 DECAY .7 "
                                       "THRESHOLD 0.05 FAN 9 BUDGET 20 LIMIT 4");
    CHECK(s.from == std::vector<std::string>{"m1"});
    CHECK(s.kinds == std::vector<std::string>{"hypernym"});
    CHECK(s.hops == 2);
    CHECK(s.decay == 0.7);
    CHECK(s.threshold == 0.05);
    CHECK(s.fan == 9);
    CHECK(s.budget == 20);

    const auto c = asked<complete_query>("COMPLETE what = \"fix build\", tag = \"a\", tag = \"b\", "
                                         "when = 2023-05-08 MISSING who, place CONFIDENCE > .5");
    CHECK(c.partial.text == "fix build");
    CHECK(c.partial.tags == std::vector<std::string>{"a", "b"});
    CHECK(c.partial.when == at("2023-05-08"));
    CHECK(c.wanted == std::vector<episode_field>{episode_field::who, episode_field::place});
    CHECK(c.confidence_min > 0.5);
    CHECK(c.confidence_min < 0.500001);

    const auto p = asked<predict_query>("PREDICT who GIVEN SESSION \"tar\" HORIZON 2 WEEKS");
    CHECK(p.wanted == episode_field::who);
    CHECK(p.session == "tar");
    CHECK(p.horizon == std::chrono::days(14));

    const auto i = asked<imagine_query>("IMAGINE \"a picnic\" BASED ON m1, m2 NOVELTY 0.7");
    CHECK(i.seeds.size() == 2);
    CHECK(i.novelty == 0.7);

    const auto r = asked<reminisce_query>("REMINISCE WITH Ada AROUND 2023-05 WITHIN 1 DAY");
    CHECK(r.from == at("2023-04-30"));
    CHECK(r.until == at("2023-06-02"));

    CHECK(asked<recognize_query>("RECOGNIZE who = \"Ada\"").probe.who.size() == 1);
    CHECK(asked<concepts_query>("CONCEPTS ABOUT \"tea\" LIMIT 2").limit == 2);
    CHECK(bound("CONSOLIDATE IN SPACE diary").spaces.front() == "diary");
  }

  TEST_CASE("parameters bring values, never syntax") {
    const query_parameters with{{"text", std::string("x\" LIMIT 1000; RECALL \"")},
                                {"n", 7.0},
                                {"people", std::vector<std::string>{"Ada", "Bob"}},
                                {"day", std::string("2023-05-08")},
                                {"v", std::vector<double>{1, -0.5}}};
    const auto q = asked<recall_query>("RECALL $text SIMILAR TO $v WITH $people WHERE when IN $day "
                                       "LIMIT $n",
                                       with);
    CHECK(q.cue.text == "x\" LIMIT 1000; RECALL \"");
    CHECK(q.limit == 7);
    CHECK(q.cue.who == std::vector<std::string>{"Ada", "Bob"});
    CHECK(q.cue.from == at("2023-05-08"));
    CHECK(q.cue.vector->values == std::vector<std::int8_t>{127, -64});
    CHECK(fault_of("RECALL $x") == "1:8: no value was given for $x");
    CHECK(fault_of("RECALL $n", {{"n", 1.0}}) == "1:8: $n must be a text");
    CHECK(fault_of("RECALL \"x\"", {{"n", 1.0}}) == "1:1: the query has no parameter $n");
  }

  TEST_CASE("an error says where, what was expected and what may have been meant") {
    CHECK(fault_of("RECAL \"x\"") ==
          "1:1: expected a verb, like RECALL or COMPLETE, found RECAL; did you mean RECALL?");
    CHECK(fault_of("RECALL \"x\" LIMT 5") ==
          "1:12: expected a clause of RECALL, found LIMT; did you mean LIMIT?");
    CHECK(fault_of("RECALL \"x\"\n  LIMIT five") == "2:9: expected a whole number, found five");
    CHECK(fault_of("RECALL \"x\" LIMIT 2.5") == "1:18: expected a whole number, found 2.5");
    CHECK(fault_of("RECALL \"x\" LIMIT 0") == "1:18: LIMIT goes from 1 to 1000");
    CHECK(fault_of("RECALL \"x\" LIMIT 1 LIMIT 2") == "1:20: LIMIT stands here twice");
    CHECK(fault_of("RECALL \"\xC3\xA4\xC3\xB6\" x") ==
          "1:13: expected a clause of RECALL, found x");
    CHECK(fault_of("RECALL \"x") == "1:8: the quotation is not closed");
    CHECK(fault_of("RECALL \"x\" WHERE wen IN 2023") ==
          "1:18: expected a field of WHERE: when, tag, found wen; did you mean when?");
    CHECK(fault_of("RECALL \"x\" WHERE when ON 2023") ==
          "1:23: expected what is said of when: BEFORE, AFTER, SINCE, UNTIL, IN, BETWEEN, found "
          "ON; did you mean IN?");
    CHECK(fault_of("RECALL \"x\" WHERE when IN 2023-02-31") ==
          "1:26: expected a date that exists, found 2023-02-31");
    CHECK(fault_of("CONSOLIDATE LIMIT 3") == "1:13: CONSOLIDATE takes no LIMIT; it takes IN SPACE");
    CHECK(fault_of("PREDICT place GIVEN m1") == "1:9: PREDICT knows who and session, not place");
    CHECK(fault_of("PREDICT who GIVEN m1 HORIZON 3 DAY") == "");
    CHECK(fault_of("PREDICT who GIVEN m1 HORIZON 3 DYAS") ==
          "1:32: expected a unit: SECONDS, MINUTES, HOURS, DAYS or WEEKS, found DYAS; did you "
          "mean DAYS?");
    CHECK(fault_of("COMPLETE what = \"a\", what = \"b\"") == "1:22: what stands here twice");
    CHECK(fault_of("RECALL") == "1:1: RECALL needs a text, or LIKE, SIMILAR TO, WITH, AT or WHERE");
    CHECK(fault_of("") ==
          "1:1: expected a verb, like RECALL or COMPLETE, found the end of the query");
    CHECK(fault_of(std::string(QUERY_BYTES_MAX + 1, ' ')) == "1:1: a query has at most 64 KiB");
  }

  TEST_CASE("an error can be shown below the place it means") {
    const std::string query = "RECALL \"x\"\n  LIMT 5";
    const auto made = parse_query(query);
    CHECK(point_at(std::get<query_error>(made), query) ==
          "  LIMT 5\n  ^ expected a clause of RECALL, found LIMT; did you mean LIMIT?");
  }

  TEST_CASE("comments, line breaks and letters' case do not matter") {
    CHECK(parsed("recall \"x\" -- all of it\n limit 3") == parsed("RECALL \"x\" LIMIT 3"));
    CHECK(parsed("RECALL ANY LIMIT 3 WITH Ada") == parsed("RECALL WITH \"Ada\" LIMIT 3"));
  }

  TEST_CASE("every verb's example parses, binds and prints as itself") {
    for (const verb_rule& v : verb_rules()) {
      CAPTURE(v.example);
      const query_statement made = parsed(v.example);
      CHECK(made.verb == v.verb);
      CHECK(print_query(made) == v.example);
      bound(v.example);
    }
  }

  TEST_CASE("the tables are in the order of their enumerations") {
    for (const verb_rule& v : verb_rules()) CHECK(&rule_of(v.verb) == &v);
    for (std::size_t i = 0; i <= static_cast<std::size_t>(clause_kind::limit); ++i)
      CHECK(rule_of(static_cast<clause_kind>(i)).kind == static_cast<clause_kind>(i));
    CHECK(std::is_sorted(keywords().begin(), keywords().end()));
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory

// Properties of the query language on random statements and random bytes, with fixed seeds.
#include "base/random.hpp"
#include "memory/query_language/bind.hpp"
#include "memory/query_language/grammar.hpp"
#include "memory/query_language/parser.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

/// Draws statements that the grammar's tables allow, of every shape.
class statement_maker {
public:
  explicit statement_maker(std::uint64_t seed) : random_(seed) {}

  query_statement draw() {
    query_statement made;
    made.explain = random_.chance(0.3);
    const verb_rule& rule = verb_rules()[random_.below(verb_rules().size())];
    made.verb = rule.verb;
    const bool subject = rule.needs_subject || random_.chance(0.7);
    if (rule.subject != argument_kind::nothing && subject)
      made.clauses.push_back(clause(clause_kind::subject, rule.subject));
    for (const clause_kind kind : rule.clauses)
      if (random_.chance(0.4)) made.clauses.push_back(clause(kind, rule_of(kind).argument));
    std::sort(made.clauses.begin(), made.clauses.end(),
              [](const query_clause& a, const query_clause& b) { return a.kind < b.kind; });
    return made;
  }

private:
  query_clause clause(clause_kind kind, argument_kind argument) {
    query_clause made{kind, {}, {}};
    switch (argument) {
    case argument_kind::nothing:
      break;
    case argument_kind::texts:
      for (std::uint64_t i = 0; i <= random_.below(3); ++i)
        made.items.push_back(item("", query_relation::none, text()));
      break;
    case argument_kind::conditions:
      for (std::uint64_t i = 0; i <= random_.below(3); ++i) made.items.push_back(condition());
      break;
    case argument_kind::given:
    case argument_kind::fields:
    case argument_kind::field:
      fields(argument, made);
      break;
    case argument_kind::bound:
      made.items.push_back(
          item("", random_.chance(0.5) ? query_relation::greater : query_relation::at_least,
               number(false)));
      break;
    case argument_kind::text:
      made.items.push_back(item("", query_relation::none, text()));
      break;
    case argument_kind::vector:
      made.items.push_back(item("", query_relation::none, vector()));
      break;
    case argument_kind::number:
    case argument_kind::count:
      made.items.push_back(
          item("", query_relation::none, number(argument == argument_kind::count)));
      break;
    case argument_kind::time:
      made.items.push_back(item("", query_relation::none, time()));
      break;
    case argument_kind::duration:
      made.items.push_back(item("", query_relation::none, duration()));
      break;
    }
    return made;
  }
  static query_item item(std::string field, query_relation relation, query_operand operand) {
    return {std::move(field), relation, {std::move(operand)}, {}};
  }
  void fields(argument_kind argument, query_clause& to) {
    for (const std::string_view name : field_names()) {
      if (!random_.chance(0.3) && !(to.items.empty() && name == field_names().back())) continue;
      query_item made{std::string(name), query_relation::none, {}, {}};
      if (argument == argument_kind::given) {
        made.relation = query_relation::equal;
        made.operands.push_back(name == "when" ? time() : text());
      }
      to.items.push_back(std::move(made));
      if (argument == argument_kind::field) return;
    }
  }
  query_item condition() {
    const condition_rule& rule = condition_rules()[random_.below(condition_rules().size())];
    const query_relation relation = rule.relations[random_.below(rule.relations.size())];
    const bool when = rule.field == "when";
    query_item made = item(std::string(rule.field), relation, when ? time() : text());
    if (relation == query_relation::between) made.operands.push_back(time());
    return made;
  }

  template <class T>
  query_operand operand(T value) {
    if (random_.chance(0.15)) return {query_parameter{"p" + std::to_string(random_.below(3))}, {}};
    return {std::move(value), {}};
  }
  query_operand text() {
    static constexpr std::string_view pieces[] = {
        "a", " ", "\"", "'", "\\", "\n", "\t", "LIMIT", "-", "--", "\xC3\xA4", "$x", "2023", ";"};
    std::string made;
    for (std::uint64_t i = random_.below(6); i > 0; --i)
      made.append(pieces[random_.below(std::size(pieces))]);
    return operand(made);
  }
  query_operand number(bool whole) {
    double value = static_cast<double>(random_.below(2000)) - 500;
    if (!whole) value = random_.chance(0.2) ? value * 1e300 : (random_.unit() - 0.5) * 4;
    return operand(value);
  }
  query_operand vector() {
    std::vector<double> made(1 + random_.below(4));
    for (double& x : made) x = (random_.unit() - 0.5) * 1e-3;
    return operand(made);
  }
  query_operand time() {
    static constexpr std::string_view dates[] = {
        "2023", "1066-10", "2023-05-08", "2023-05-08T13:56Z", "2023-05-08T13:56:01.5+02:00"};
    if (random_.chance(0.2)) return operand(std::string("8 May, 2023"));
    return operand(query_date{std::string(dates[random_.below(std::size(dates))])});
  }
  query_operand duration() {
    const std::int64_t ms =
        static_cast<std::int64_t>(random_.below(100)) * (random_.chance(0.5) ? 86'400'000 : 1);
    return operand(std::chrono::milliseconds(ms));
  }

  base::random random_;
};

/// Any text gives a statement or an error inside the text; a statement can be bound or says why
/// not.
void check_total(const std::string& text) {
  CAPTURE(text);
  const auto made = parse_query(text);
  if (const auto* fault = std::get_if<query_error>(&made)) {
    CHECK_FALSE(fault->what.empty());
    CHECK(fault->at.line <= 1 + std::count(text.begin(), text.end(), '\n'));
    CHECK(fault->at.column <= text.size() + 1);
    CHECK_FALSE(point_at(*fault, text).empty());
    return;
  }
  const auto& statement = std::get<query_statement>(made);
  const auto again = parse_query(print_query(statement));
  REQUIRE(std::holds_alternative<query_statement>(again));
  CHECK(std::get<query_statement>(again) == statement);
  const auto bound = bind_query(statement, {{"p0", 0.5}, {"p1", std::string("x")}}, {0});
  if (const auto* fault = std::get_if<query_error>(&bound)) CHECK_FALSE(fault->what.empty());
}

TEST_SUITE("memory") {

  TEST_CASE("what is printed parses to the same statement") {
    statement_maker maker(20260903);
    for (int i = 0; i < 5000; ++i) {
      const query_statement made = maker.draw();
      const std::string text = print_query(made);
      CAPTURE(text);
      const auto again = parse_query(text);
      if (const auto* fault = std::get_if<query_error>(&again)) FAIL(to_string(*fault));
      CHECK(std::get<query_statement>(again) == made);
    }
  }

  TEST_CASE("no bytes are too strange for the parser") {
    base::random random(20260904);
    for (int i = 0; i < 5000; ++i) {
      std::string text;
      for (std::uint64_t n = random.below(60); n > 0; --n)
        text.push_back(static_cast<char>(random.below(256)));
      check_total(text);
    }
  }

  TEST_CASE("damaged queries give errors or other queries") {
    base::random random(20260905);
    statement_maker maker(20260906);
    for (int i = 0; i < 5000; ++i) {
      std::string text = print_query(maker.draw());
      for (std::uint64_t n = 1 + random.below(4); n > 0 && !text.empty(); --n) {
        const std::size_t at = random.below(text.size());
        const std::uint64_t how = random.below(4);
        if (how == 0) text.erase(at, 1 + random.below(8));
        if (how == 1) text.insert(at, 1, static_cast<char>(random.below(128)));
        if (how == 2) text.insert(at, text.substr(random.below(text.size()), random.below(20)));
        if (how == 3) text[at] = static_cast<char>(random.below(256));
      }
      check_total(text);
    }
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory

#include "memory/query_language/parser.hpp"

#include "memory/query_language/dates.hpp"
#include "memory/query_language/grammar.hpp"
#include "memory/query_language/lexer.hpp"
#include "memory/query_language/words.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace engram::memory {
namespace {

/// Functions return false once a fault is known; the first one stands.
class parser {
public:
  explicit parser(std::string_view query) : tokens_(tokens_of(query)) {}

  std::variant<query_statement, query_error> run() {
    if (statement()) return std::move(made_);
    return std::move(fault_);
  }

private:
  const query_token& here(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  bool is_symbol(std::string_view symbol) const {
    return here().kind == token_kind::symbol && here().text == symbol;
  }
  bool accept_symbol(std::string_view symbol) {
    if (!is_symbol(symbol)) return false;
    ++at_;
    return true;
  }
  /// How many tokens the words take; 0 when they do not stand here.
  std::size_t stands_here(std::string_view words) const {
    std::size_t count = 0;
    while (!words.empty()) {
      const std::size_t space = std::min(words.find(' '), words.size());
      const query_token& token = here(count);
      if (token.kind != token_kind::word || !same_word(token.text, words.substr(0, space)))
        return 0;
      words.remove_prefix(std::min(space + 1, words.size()));
      ++count;
    }
    return count;
  }
  bool accept_words(std::string_view words) {
    const std::size_t count = stands_here(words);
    at_ += count;
    return count > 0;
  }

  bool fail_at(query_position at, std::string what, std::string_view suggestion = {}) {
    fault_ = {at, std::move(what), std::string(suggestion)};
    return false;
  }
  bool expected(std::string_view what, std::span<const std::string_view> words = {}) {
    const query_token& token = here();
    if (token.kind == token_kind::wrong) return fail_at(token.at, token.text);
    std::string_view near;
    if (token.kind == token_kind::word) near = nearest_word(token.text, words);
    return fail_at(token.at, "expected " + std::string(what) + ", found " + shown(token), near);
  }
  static std::string shown(const query_token& token) {
    if (token.kind == token_kind::end) return "the end of the query";
    std::string text = token.text.substr(0, 40);
    if (token.kind == token_kind::text) return '"' + text + '"';
    return token.kind == token_kind::parameter ? '$' + text : text;
  }

  bool statement() {
    made_.at = here().at;
    made_.explain = accept_words("EXPLAIN");
    std::vector<std::string_view> verbs;
    const verb_rule* rule = nullptr;
    for (const verb_rule& v : verb_rules()) {
      verbs.push_back(v.word);
      if (stands_here(v.word)) rule = &v;
    }
    if (!rule) return expected("a verb, like RECALL or COMPLETE", verbs);
    ++at_;
    made_.verb = rule->verb;
    if (!subject(*rule)) return false;
    while (here().kind != token_kind::end && !is_symbol(";"))
      if (!clause(*rule)) return false;
    accept_symbol(";");
    if (here().kind != token_kind::end) return expected("the end of the query");
    std::sort(made_.clauses.begin(), made_.clauses.end(),
              [](const query_clause& a, const query_clause& b) { return a.kind < b.kind; });
    return true;
  }

  bool subject(const verb_rule& rule) {
    if (rule.subject == argument_kind::nothing) return true;
    if (!rule.needs_subject) {
      if (accept_words("ANY")) return true;
      const token_kind kind = here().kind;
      if (kind != token_kind::text && kind != token_kind::parameter && kind != token_kind::wrong)
        return true;
    }
    query_clause made{clause_kind::subject, {}, here().at};
    if (!argument(rule.subject, made)) return false;
    made_.clauses.push_back(std::move(made));
    return true;
  }

  bool clause(const verb_rule& rule) {
    const clause_rule* found = nullptr;
    std::size_t length = 0;
    std::vector<std::string_view> allowed;
    for (const clause_kind kind : rule.clauses) {
      const clause_rule& c = rule_of(kind);
      allowed.push_back(c.words);
      const std::size_t count = stands_here(c.words);
      if (count > length) {
        found = &c;
        length = count;
      }
    }
    if (!found) return unknown_clause(rule, allowed);
    query_clause made{found->kind, {}, here().at};
    const auto twice = std::find_if(made_.clauses.begin(), made_.clauses.end(),
                                    [&](const query_clause& c) { return c.kind == found->kind; });
    if (twice != made_.clauses.end())
      return fail_at(made.at, std::string(found->words) + " stands here twice");
    at_ += length;
    if (!argument(found->argument, made)) return false;
    made_.clauses.push_back(std::move(made));
    return true;
  }

  bool unknown_clause(const verb_rule& rule, std::span<const std::string_view> allowed) {
    const std::string verb(rule.word);
    if (here().kind == token_kind::word)
      for (std::size_t i = 0; i <= static_cast<std::size_t>(clause_kind::limit); ++i) {
        const clause_rule& c = rule_of(static_cast<clause_kind>(i));
        if (stands_here(c.words))
          return fail_at(here().at, verb + " takes no " + std::string(c.words) + "; it takes " +
                                        joined(allowed));
      }
    return expected("a clause of " + verb, first_words(allowed));
  }
  static std::string joined(std::span<const std::string_view> words) {
    std::string text;
    for (const std::string_view word : words) text.append(text.empty() ? "" : ", ").append(word);
    return text;
  }
  std::vector<std::string_view> first_words(std::span<const std::string_view> phrases) const {
    std::vector<std::string_view> words;
    for (const std::string_view phrase : phrases)
      words.push_back(phrase.substr(0, phrase.find(' ')));
    return words;
  }

  bool argument(argument_kind kind, query_clause& to) {
    switch (kind) {
    case argument_kind::nothing:
      return true;
    case argument_kind::text:
      return one(
          to, [this, &to](query_operand& o) { return text(o, to.kind != clause_kind::subject); });
    case argument_kind::texts:
      return list(to,
                  [this](query_item& item) { return text(item.operands.emplace_back(), true); });
    case argument_kind::vector:
      return one(to, [this](query_operand& o) { return vector(o); });
    case argument_kind::number:
      return one(to, [this](query_operand& o) { return number(o, false); });
    case argument_kind::count:
      return one(to, [this](query_operand& o) { return number(o, true); });
    case argument_kind::time:
      return one(to, [this](query_operand& o) { return time(o); });
    case argument_kind::duration:
      return one(to, [this](query_operand& o) { return duration(o); });
    case argument_kind::bound:
      return bound(to);
    case argument_kind::conditions:
      return conditions(to);
    case argument_kind::given:
      return list(to, [this, &to](query_item& item) { return given(item, to); });
    case argument_kind::fields:
      return list(to, [this, &to](query_item& item) { return field(item, to); });
    case argument_kind::field: {
      query_item& item = to.items.emplace_back();
      item.at = here().at;
      return field(item, {});
    }
    }
    return false;
  }

  template <class Read>
  bool one(query_clause& to, Read&& read) {
    query_item& item = to.items.emplace_back();
    item.at = here().at;
    return read(item.operands.emplace_back());
  }
  template <class Read>
  bool list(query_clause& to, Read&& read) {
    do {
      query_item item;
      item.at = here().at;
      if (!read(item)) return false;
      to.items.push_back(std::move(item));
    } while (accept_symbol(","));
    return true;
  }

  /// A parameter may stand for any value.
  bool parameter(query_operand& to) {
    to.at = here().at;
    if (here().kind != token_kind::parameter) return false;
    to.value = query_parameter{here().text};
    ++at_;
    return true;
  }
  bool text(query_operand& to, bool bare) {
    if (parameter(to)) return true;
    const query_token& token = here();
    const bool name = bare && token.kind == token_kind::word && !is_keyword(token.text);
    if (token.kind != token_kind::text && !name) {
      const bool word = token.kind == token_kind::word;
      return expected(word ? "a text in quotation marks" : "a text");
    }
    to.value = token.text;
    ++at_;
    return true;
  }
  bool number(query_operand& to, bool whole) {
    if (parameter(to)) return true;
    if (here().kind != token_kind::number || (whole && here().number != std::floor(here().number)))
      return expected(whole ? "a whole number" : "a number");
    to.value = here().number;
    ++at_;
    return true;
  }
  bool vector(query_operand& to) {
    if (parameter(to)) return true;
    if (!accept_symbol("[")) return expected("an embedding, like [0.5, -1, 2]");
    std::vector<double> values;
    do {
      if (here().kind != token_kind::number) return expected("a number");
      values.push_back(here().number);
      ++at_;
    } while (accept_symbol(","));
    if (!accept_symbol("]")) return expected("] or a comma");
    to.value = std::move(values);
    return true;
  }
  bool time(query_operand& to) {
    if (parameter(to)) return true;
    const query_token& token = here();
    const bool year = token.kind == token_kind::number && token.text.size() == 4;
    if (token.kind != token_kind::date && token.kind != token_kind::text && !year)
      return expected("a date, like 2023-05-08 or 2023-05-08T13:56Z");
    if (!span_of_date(token.text)) return expected("a date that exists");
    if (token.kind == token_kind::text)
      to.value = token.text;
    else
      to.value = query_date{token.text};
    ++at_;
    return true;
  }
  bool duration(query_operand& to) {
    if (parameter(to)) return true;
    if (here().kind != token_kind::number) return expected("a duration, like 7 DAYS");
    const double count = here().number;
    ++at_;
    std::vector<std::string_view> units;
    for (const unit_rule& unit : unit_rules()) {
      units.push_back(unit.word);
      const std::string_view single = unit.word.substr(0, unit.word.size() - 1);
      if (!stands_here(unit.word) && !stands_here(single)) continue;
      const double ms = count * static_cast<double>(unit.length.count());
      if (!(ms >= 0 && ms <= 1e15)) return fail_at(to.at, "a duration from 0 to 30,000 years");
      to.value = std::chrono::milliseconds(std::llround(ms));
      ++at_;
      return true;
    }
    return expected("a unit: SECONDS, MINUTES, HOURS, DAYS or WEEKS", units);
  }

  bool bound(query_clause& to) {
    query_item item;
    item.at = here().at;
    if (accept_symbol(">="))
      item.relation = query_relation::at_least;
    else if (accept_symbol(">"))
      item.relation = query_relation::greater;
    else
      return expected("> or >=");
    if (!number(item.operands.emplace_back(), false)) return false;
    to.items.push_back(std::move(item));
    return true;
  }

  bool conditions(query_clause& to) {
    do {
      query_item item;
      item.at = here().at;
      if (!condition(item)) return false;
      to.items.push_back(std::move(item));
    } while (accept_words("AND"));
    return true;
  }
  bool condition(query_item& item) {
    std::vector<std::string_view> names;
    const condition_rule* rule = nullptr;
    for (const condition_rule& c : condition_rules()) {
      names.push_back(c.field);
      if (stands_here(c.field)) rule = &c;
    }
    if (!rule) return expected("a field of WHERE: " + joined(names), names);
    ++at_;
    item.field = rule->field;
    std::vector<std::string_view> words;
    for (const query_relation relation : rule->relations)
      for (const relation_rule& r : relation_rules()) {
        if (r.relation != relation) continue;
        words.push_back(r.word);
        if (item.relation == query_relation::none && (stands_here(r.word) || is_symbol(r.word)))
          item.relation = relation;
      }
    if (item.relation == query_relation::none)
      return expected("what is said of " + item.field + ": " + joined(words), words);
    ++at_;
    if (item.field != "when") return text(item.operands.emplace_back(), true);
    if (!time(item.operands.emplace_back())) return false;
    if (item.relation != query_relation::between) return true;
    if (!accept_words("AND")) return expected("AND and the later date of BETWEEN");
    return time(item.operands.emplace_back());
  }

  bool field(query_item& item, const query_clause& others) {
    const query_position at = here().at;
    for (const std::string_view name : field_names())
      if (stands_here(name)) item.field = name;
    if (item.field.empty()) return expected("a field: " + joined(field_names()), field_names());
    const bool many = item.field == "who" || item.field == "tag";
    const bool bare = !is_next_equal();
    for (const query_item& other : others.items)
      if (other.field == item.field && (bare || !many))
        return fail_at(at, item.field + " stands here twice");
    ++at_;
    return true;
  }
  bool is_next_equal() const { return here(1).kind == token_kind::symbol && here(1).text == "="; }
  bool given(query_item& item, const query_clause& others) {
    if (!field(item, others)) return false;
    if (!accept_symbol("=")) return expected("= and the value of " + item.field);
    item.relation = query_relation::equal;
    query_operand& to = item.operands.emplace_back();
    return item.field == "when" ? time(to) : text(to, false);
  }

  std::vector<query_token> tokens_;
  std::size_t at_ = 0;
  query_statement made_;
  query_error fault_;
};

} // namespace

std::variant<query_statement, query_error> parse_query(std::string_view query) {
  if (query.size() > QUERY_BYTES_MAX) return query_error{{}, "a query has at most 64 KiB", ""};
  return parser(query).run();
}

} // namespace engram::memory

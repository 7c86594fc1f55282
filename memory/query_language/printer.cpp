// Statements as text, and errors too.
#include "base/text_fault.hpp"
#include "memory/query_language/grammar.hpp"
#include "memory/query_language/parser.hpp"

#include <array>
#include <charconv>

namespace engram::memory {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (c == '\n')
      out.append("\\n");
    else if (c == '\t')
      out.append("\\t");
    else
      out.push_back(c);
  }
  return out + '"';
}

/// The shortest form that reads back as the same number.
std::string number(double value) {
  std::array<char, 32> buffer{};
  const auto [end, fault] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

std::string duration(std::chrono::milliseconds length) {
  for (const unit_rule& unit : unit_rules())
    if (length.count() % unit.length.count() == 0)
      return number(static_cast<double>(length / unit.length)) + ' ' + std::string(unit.word);
  return number(static_cast<double>(length.count()) / 1000) + " SECONDS";
}

struct operand_printer {
  std::string operator()(const std::string& text) const { return quoted(text); }
  std::string operator()(double value) const { return number(value); }
  std::string operator()(const query_date& date) const { return date.text; }
  std::string operator()(std::chrono::milliseconds length) const { return duration(length); }
  std::string operator()(const query_parameter& parameter) const { return '$' + parameter.name; }
  std::string operator()(const std::vector<double>& values) const {
    std::string out = "[";
    for (const double value : values) out.append(out.size() > 1 ? ", " : "").append(number(value));
    return out + ']';
  }
};

std::string print_item(const query_item& item) {
  std::string out = item.field;
  for (const relation_rule& r : relation_rules())
    if (r.relation == item.relation) out.append(out.empty() ? "" : " ").append(r.word);
  for (std::size_t i = 0; i < item.operands.size(); ++i) {
    if (i > 0) out.append(" AND");
    out.append(out.empty() ? "" : " ");
    out.append(std::visit(operand_printer{}, item.operands[i].value));
  }
  return out;
}

base::text_fault fault_of(const query_error& error) {
  return {error.at.line, error.at.column, error.what, error.suggestion};
}

} // namespace

std::string print_query(const query_statement& statement) {
  std::string out = statement.explain ? "EXPLAIN " : "";
  out.append(rule_of(statement.verb).word);
  for (const query_clause& clause : statement.clauses) {
    const clause_rule& rule = rule_of(clause.kind);
    if (!rule.words.empty()) out.append(" ").append(rule.words);
    const bool all = rule.argument == argument_kind::conditions;
    for (std::size_t i = 0; i < clause.items.size(); ++i)
      out.append(i == 0 ? " " : all ? " AND " : ", ").append(print_item(clause.items[i]));
  }
  return out;
}

std::string to_string(const query_error& error) { return base::to_string(fault_of(error)); }

std::string point_at(const query_error& error, std::string_view query) {
  return base::point_at(fault_of(error), query);
}

} // namespace engram::memory

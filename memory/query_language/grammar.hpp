#pragma once
// The grammar as tables: which verbs there are, which clauses each takes, what a clause holds. The
// parser, the printer, error messages, a shell's completion and its help all read these; nothing
// else knows a keyword. Constant data, any thread.

#include "memory/query_language/statement.hpp"

#include <span>
#include <string_view>

namespace engram::memory {

enum class argument_kind : std::uint8_t {
  nothing,    // the clause's words say it all
  text,       // one string
  texts,      // strings, separated by commas
  vector,     // [1.5, -2, ...]
  number,     // one number
  count,      // one whole number
  time,       // one date
  duration,   // 7 DAYS
  bound,      // > number, >= number
  conditions, // field relation value, joined by AND
  given,      // field = value, separated by commas
  fields,     // field names, separated by commas
  field       // one field name
};

struct clause_rule {
  clause_kind kind;
  std::string_view words; // "MAX HOPS"; "" for the subject
  argument_kind argument;
  std::string_view help;
};

struct verb_rule {
  query_verb verb;
  std::string_view word;
  argument_kind subject; // nothing: takes none
  bool needs_subject;
  std::span<const clause_kind> clauses;
  std::string_view help;
  std::string_view example;
};

std::span<const verb_rule> verb_rules() noexcept;
const verb_rule& rule_of(query_verb verb) noexcept;
const clause_rule& rule_of(clause_kind kind) noexcept;

struct relation_rule {
  query_relation relation;
  std::string_view word;
};
std::span<const relation_rule> relation_rules() noexcept;

/// Fields that WHERE can ask for, with what may be said of them.
struct condition_rule {
  std::string_view field;
  std::span<const query_relation> relations;
};
std::span<const condition_rule> condition_rules() noexcept;

/// Fields of an episode that can be given (COMPLETE, RECOGNIZE) or asked for (MISSING, PREDICT).
std::span<const std::string_view> field_names() noexcept;

struct unit_rule {
  std::string_view word; // plural
  std::chrono::milliseconds length;
};
/// Longest first.
std::span<const unit_rule> unit_rules() noexcept;

/// Every word of the language, ascending, each once. None of them can be a name without quotes.
std::span<const std::string_view> keywords() noexcept;

} // namespace engram::memory

#pragma once
// A query as it was written: a verb and its clauses, before any parameter has a value. What a
// clause may hold is in grammar.hpp. Values only; positions never count in comparisons, so a
// statement equals what parsing its printed form gives.

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace engram::memory {

/// Where something stands in the text, counted from 1; columns count characters, not bytes.
struct query_position {
  std::uint32_t line = 1, column = 1;
};

enum class query_verb : std::uint8_t {
  recall,
  recognize,
  spread,
  complete,
  predict,
  imagine,
  reminisce,
  consolidate,
  concepts,
  introspect,
  dream,
  revise,
  revisions
};

enum class clause_kind : std::uint8_t {
  subject, // what stands right after the verb
  from,
  about,
  like,
  similar_to,
  with,
  at,
  where,
  confidence,
  in_space,
  as_of,
  without_spreading,
  along,
  max_hops,
  decay,
  threshold,
  fan,
  budget,
  given,
  given_session,
  given_who,
  horizon,
  based_on,
  novelty,
  missing,
  around,
  within,
  blended,
  primed_by,
  ago,
  replays,
  to,
  named,
  sure,
  limit
};

/// `$name`: filled in by bind_query().
struct query_parameter {
  std::string name;
  friend bool operator==(const query_parameter&, const query_parameter&) = default;
};
/// A date or time as written, ISO 8601; as exact as it was written.
struct query_date {
  std::string text;
  friend bool operator==(const query_date&, const query_date&) = default;
};
/// One value.
struct query_operand {
  std::variant<std::string, double, query_date, std::chrono::milliseconds, std::vector<double>,
               query_parameter>
      value;
  query_position at;
  friend bool operator==(const query_operand& a, const query_operand& b) {
    return a.value == b.value;
  }
};

enum class query_relation : std::uint8_t {
  none,
  equal,
  not_equal,
  before,
  after,
  since,
  until,
  in,
  between,
  greater,
  at_least
};

/// One operand of a list, one condition of WHERE, or one given field of COMPLETE.
struct query_item {
  std::string field; // "" where the clause has no fields
  query_relation relation = query_relation::none;
  std::vector<query_operand> operands; // two for BETWEEN, one else, none for a bare field
  query_position at;
  friend bool operator==(const query_item& a, const query_item& b) {
    return a.field == b.field && a.relation == b.relation && a.operands == b.operands;
  }
};

struct query_clause {
  clause_kind kind = clause_kind::subject;
  std::vector<query_item> items;
  query_position at;
  friend bool operator==(const query_clause& a, const query_clause& b) {
    return a.kind == b.kind && a.items == b.items;
  }
};

struct query_statement {
  bool explain = false;
  query_verb verb = query_verb::recall;
  std::vector<query_clause> clauses; // each kind at most once, ascending by kind
  query_position at;
  friend bool operator==(const query_statement& a, const query_statement& b) {
    return a.explain == b.explain && a.verb == b.verb && a.clauses == b.clauses;
  }
};

} // namespace engram::memory

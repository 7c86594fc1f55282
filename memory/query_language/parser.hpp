#pragma once
// Query text into a statement, and back. Pure, and total: any bytes give a statement or one error
// that says where, what was expected, and which word may have been meant. Work and memory are
// linear in the text; nothing recurses.

#include "memory/query_language/statement.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace engram::memory {

inline constexpr std::size_t QUERY_BYTES_MAX = 65'536;

struct query_error {
  query_position at;
  std::string what;       // "expected a clause of RECALL, found LIMT"
  std::string suggestion; // the nearest word, where one is near; "" = none
};

/// "1:14: expected a clause of RECALL, found LIMT; did you mean LIMIT?"
std::string to_string(const query_error& error);
/// The same with the line it is in and a mark below the place, for a terminal.
std::string point_at(const query_error& error, std::string_view query);

std::variant<query_statement, query_error> parse_query(std::string_view query);

/// Parsing it gives the same statement again, provided that every text in it is as the parser
/// leaves it.
std::string print_query(const query_statement& statement);

} // namespace engram::memory

#pragma once
// The query language's verbs as commands: a table of their flags, and the statement that the flags
// make. What a person types goes into parameters, never into the statement's text. Pure.

#include "client/query_types.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace engram::client {

enum class flag_kind : std::uint8_t {
  given,  // field = value, before any clause
  text,   // one string
  texts,  // may be repeated
  number, // one number
  span,   // "2 weeks"
  names   // field names, may be repeated
};

struct verb_flag {
  const char* flag;  // "--based-on"
  const char* words; // the clause, or the given field
  flag_kind kind;
  const char* help;
};

struct verb_command {
  const char* name;  // of the command: "complete"
  const char* verb;  // "COMPLETE"
  const char* words; // what the words on the command line are: a given field, a clause, or "": the
                     // subject
  flag_kind words_kind;
  const char* words_help;
  const char* help;
  const char* footer;
  std::span<const verb_flag> flags;
  const char* given = ""; // what stands before the given fields
};

std::span<const verb_command> verb_commands() noexcept;

/// By the flag's name; absent: not given.
using flag_values = std::map<std::string, std::vector<std::string>>;

/// Errors name what was typed: errc::invalid_argument.
base::result<query> statement_of(const verb_command& command, const std::vector<std::string>& words,
                                 const flag_values& values, bool explain);

/// "NAME=TEXT", or "NAME:=JSON" for a number, a list of numbers or a list of texts.
base::result<std::pair<std::string, parameter_value>> read_parameter(const std::string& typed);

} // namespace engram::client

#pragma once
// Query text into tokens. Never fails: what is no token becomes one of kind `wrong`, with the
// reason, so that the parser reports the first fault in reading order. Pure.

#include "memory/query_language/statement.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace engram::memory {

enum class token_kind : std::uint8_t {
  word,
  text, // in quotes; `text` is what it means, escapes resolved
  number,
  date,      // digits-digits...: checked when parsed
  parameter, // `text` is the name
  symbol,    // , = != > >= [ ] ;
  wrong,     // `text` says what is wrong
  end
};

struct query_token {
  token_kind kind = token_kind::end;
  std::string text;
  double number = 0;
  query_position at;
};

/// The last token is `end`; after a `wrong` one follows nothing else.
std::vector<query_token> tokens_of(std::string_view query);

} // namespace engram::memory

#pragma once
// What may come next where a person types: keywords of the language that the node speaks, names of
// spaces, the shell's own commands. Pure.

#include "client/query_types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace engram::client {

struct vocabulary {
  client::language language;
  std::vector<std::string> spaces;
  std::vector<std::string> commands; // "\\help"
};

struct completion {
  std::size_t begin = 0;          // of the word that is completed
  std::vector<std::string> words; // that it may become, ascending
  /// What all of them begin with; with a blank behind where there is but one.
  std::string common;
};

/// `text` is all of the statement up to the cursor. Small letters are answered with small letters.
completion complete(const vocabulary& known, std::string_view text);

} // namespace engram::client

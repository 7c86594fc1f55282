#pragma once
// Dates named in a question ("on 8th May, 2023", "in July 2022", "2023-05-08"). Pure.

#include "memory/text/analyser.hpp"

#include <string_view>
#include <vector>

namespace engram::memory {

struct date_token {
  std::string_view word; // lower case
  int month = 0;         // 1..12 when the word names one
  bool is_stop = false;
};

/// In order of appearance, each once.
std::vector<named_date> find_dates(const std::vector<date_token>& tokens);

} // namespace engram::memory

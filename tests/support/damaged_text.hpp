#pragma once
// For property tests of parsers and decoders: a good input with a few bytes changed, left out,
// doubled or cut. `marks` are the bytes that mean something in the format.

#include "base/random.hpp"

#include <string>
#include <string_view>

namespace engram {

inline std::string damaged_text(std::string text, base::random& random, std::string_view marks) {
  for (auto left = random.below(6); left > 0 && !text.empty(); --left) {
    const auto at = random.below(text.size());
    switch (random.below(5)) {
    case 0:
      text[at] = static_cast<char>(random.below(256));
      break;
    case 1:
      text.erase(at, 1 + random.below(8));
      break;
    case 2:
      text.insert(at, text.substr(at, 1 + random.below(8)));
      break;
    case 3:
      text.resize(at);
      break;
    default:
      text[at] = marks[random.below(marks.size())];
    }
  }
  return text;
}

} // namespace engram

#pragma once
// What recall knows about the words of one language: which carry no content, which ask for a time
// or a number, which name a month or express a time. A language without a table has no rules: every
// word is a term and rarity alone weighs it. Immutable tables; part of the engine version.

#include <cstdint>
#include <span>
#include <string_view>

namespace engram::memory {

/// Bits: a word may be several things ("may" is a month and carries no content).
enum word_class : std::uint8_t {
  stop_word = 1,     // carries no content
  number_word = 2,   // "seven"
  time_word = 4,     // "yesterday"
  time_question = 8, // "when"
  how_word = 16,     // with a measure behind it asks for a number: "how many"
  measure_word = 32,
};

struct word_rule {
  std::string_view word;
  std::uint8_t classes;
};

struct word_rules {
  std::span<const word_rule> words;         // ascending by word
  std::span<const std::string_view> months; // twelve, then their twelve short forms; or empty
  bool apostrophe_joins = false;            // "don't" is one word; else "l'homme" is two

  std::uint8_t classes(std::string_view word) const noexcept;
  /// 1..12, or 0.
  int month(std::string_view word) const noexcept;
};

/// The rules of a language by its libstemmer name; empty rules for one without a table.
const word_rules& rules_of(std::string_view language) noexcept;

} // namespace engram::memory

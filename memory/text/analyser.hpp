#pragma once
// Turns text into what the index keeps: term keys with weights and positions, the words in order,
// labels (people, tags, place), the title's key and a few facts about the sentence. One analyser
// serves a space; it is built once and const from then on: any thread may call it at any time.
// Invariant: the result is a function of the arguments and the language alone, so every replica and
// every order of arrival index the same keys.

#include "memory/types.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engram::memory {

/// Facts about a text that recall weighs (bits of analysed::flags).
enum text_flag : std::uint8_t {
  ends_in_question = 1,
  has_number = 2,
  has_time_expression = 4,
};

/// One distinct term of a memory. Positions count the words that are terms: of the title, then,
/// after a gap, of the text; terms that come only from people carry none.
struct term_use {
  std::uint64_t key = 0;
  std::uint16_t weight = 0;    // occurrences: title twice, people and text once
  std::uint16_t positions = 0; // how many entries of analysed::positions are this term's
};

/// A memory as the index wants it.
struct analysed {
  std::vector<term_use> terms;          // ascending by key
  std::vector<std::uint16_t> positions; // of terms[0], then of terms[1], ...
  std::vector<std::uint32_t>
      words; // every word of the text: unstemmed, hashed (keys.hpp), in order
  std::vector<std::uint64_t> labels; // ascending: people, tags, place (keys.hpp)
  std::vector<std::uint32_t> title;  // words of the normalised title, hashed like `words`
  std::uint64_t title_key = 0;       // of the normalised title; 0 = none worth naming
  std::uint64_t title_anchor = 0;    // term key of the title's longest word, to find who names it
  std::uint64_t session = 0;         // 0 = none
  std::uint32_t length = 0;          // sum of weights
  std::uint8_t flags = 0;
};

/// One word of a question that can be a cue.
struct query_word {
  std::uint64_t key = 0;
  std::string text; // as a person would read it: the unstemmed word, lower case
};

/// A date named in a question, as exact as it was said; 0 = left open.
struct named_date {
  int year = 0, month = 0, day = 0;
  friend bool operator==(const named_date&, const named_date&) = default;
};

/// A question as recall wants it.
struct analysed_query {
  std::vector<query_word> words;                                // in order, repeated words once
  std::vector<std::pair<std::uint32_t, std::uint32_t>> phrases; // neighbours: indexes into words
  std::vector<std::uint32_t> all; // every word, hashed like analysed::words
  std::vector<named_date> dates;
  bool asks_when = false;   // wants a time: "when ..."
  bool asks_number = false; // wants a number: "how many ..."
};

class analyser {
public:
  /// `language`: a libstemmer algorithm ("english", "german", ...) or "none". An unknown one
  /// behaves as "none"; validate with known_language() where a space is created.
  explicit analyser(std::string language);
  ~analyser();
  analyser(const analyser&) = delete;
  analyser& operator=(const analyser&) = delete;

  analysed analyse(const episode& what) const;
  analysed_query analyse_query(std::string_view text) const;

  const std::string& language() const noexcept { return language_; }
  static bool known_language(std::string_view language);

private:
  struct state;
  std::string language_;
  std::unique_ptr<state> state_;
};

} // namespace engram::memory

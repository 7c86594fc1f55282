#pragma once
// Which titles there are, for finding who names them. Owner: the index's writer. A text and a title
// meet whichever comes first: a new text is scanned for known titles, a new title is looked up in
// older texts. So the set of mentions depends on the set of memories alone.

#include "memory/index/segment.hpp"
#include "memory/index/segment_writer.hpp"
#include "memory/key_table.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace engram::memory {

class title_table {
public:
  /// Finds the mentions that came with `fresh` and stores them in it: of known and new titles in
  /// its texts, and of its new titles in the texts of `older`.
  void add(segment& fresh, std::span<const pending_memory> memories,
           const std::vector<std::shared_ptr<const segment>>& older, const term_numbering& number);

  bool empty() const noexcept { return titles_.empty(); }
  std::size_t bytes() const noexcept;

private:
  static constexpr std::size_t words_max = 32; // longer titles are named by nobody

  /// With the global terms under which a title's bearers and its namings are counted.
  struct known_title {
    std::uint64_t key = 0;
    std::uint32_t titled = 0, named_by = 0;
  };
  struct new_title {
    known_title what;
    std::uint64_t anchor;
    std::span<const std::uint32_t> words;
  };
  void scan(std::uint32_t ordinal, std::span<const std::uint32_t> words,
            std::vector<mention>& to) const;
  void search(const new_title& title, const segment& older, std::vector<mention>& to) const;

  /// Of the titles that begin with a word: bit n-1 stands for one of n words.
  struct first_word {
    std::uint32_t word = 0, lengths = 0;
  };
  const known_title* find(std::uint64_t key) const;
  std::uint32_t find_first(std::uint32_t word) const;
  void begins(std::uint32_t word, std::size_t length);

  std::vector<known_title> titles_;
  std::vector<first_word> first_words_;
  key_table by_key_, by_first_word_;
};

} // namespace engram::memory

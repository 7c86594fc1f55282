#pragma once
// Which titles there are, for finding who names them. Owner: the index's writer. A text and a title
// meet whichever comes first: a new text is scanned for known titles, a new title is looked up in
// older texts. So the set of mentions depends on the set of memories alone.

#include "memory/index/segment.hpp"
#include "memory/index/segment_writer.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
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

  struct new_title {
    std::uint64_t key, anchor;
    std::span<const std::uint32_t> words;
  };
  void scan(std::uint32_t ordinal, std::span<const std::uint32_t> words,
            std::vector<mention>& to) const;
  void search(const new_title& title, const segment& older, std::vector<mention>& to) const;

  std::unordered_map<std::uint64_t, std::uint32_t> titles_; // key -> global term of its naming
  std::unordered_map<std::uint32_t, std::uint32_t>
      lengths_; // first word -> bit n-1: a title of n words
};

} // namespace engram::memory

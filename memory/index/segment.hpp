#pragma once
// What never changes about a run of consecutive ordinals: facts, ids, postings with positions, the
// words of each text, and the orders in which they are looked up. Immutable once built; merging two
// neighbours concatenates them. Local numbers count from the segment's first ordinal.

#include "base/hash.hpp"
#include "base/id.hpp"
#include "memory/index/sorted_hashes.hpp"
#include "memory/vector/vector_block.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engram::memory {

/// Fixed facts of one memory.
struct document {
  base::memory_key key;
  base::hash128 content;
  std::uint64_t session = 0;   // key; 0 = none
  std::uint64_t title_key = 0; // 0 = none
  std::int64_t when_ms = 0;    // meaningless unless has_when
  std::uint32_t length = 0;    // weighted words
  std::uint32_t id_begin = 0;
  std::uint16_t id_size = 0;
  std::uint16_t confidence = 0; // of the encoding, in 1/65535
  std::uint8_t flags = 0;       // text_flag
  bool has_when = false;
};

/// The memories of a segment that carry one key. Parallel arrays, ascending by local number.
struct posting_list {
  std::span<const std::uint32_t> locals;
  const std::uint16_t* weights = nullptr;          // 0 for labels
  const std::uint32_t* position_offsets = nullptr; // size + 1 of them
  const std::uint16_t* positions = nullptr;        // the segment's

  std::span<const std::uint16_t> positions_of(std::size_t i) const noexcept {
    return {positions + position_offsets[i], positions + position_offsets[i + 1]};
  }
};

/// Somewhere a text names a title. Which of the overlapping ones count is decided when read, since
/// a longer title may come, or be hidden, at any time.
struct mention {
  std::uint32_t ordinal = 0;  // of the memory whose text it is; may lie before this segment
  std::uint32_t begin = 0;    // first word
  std::uint32_t length = 0;   // words
  std::uint32_t titled = 0;   // global term that counts who bears this title
  std::uint32_t named_by = 0; // and who names it
  std::uint64_t title_key = 0;
};

class segment {
public:
  static constexpr std::uint32_t none = 0xFFFFFFFF; // a global term
  static constexpr std::uint32_t OLDER_STEP = 16;
  static constexpr std::uint32_t FEW = 16;

  std::uint32_t first = 0; // ordinal
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(documents.size()); }
  std::uint32_t end() const noexcept { return first + size(); }

  posting_list find(std::uint64_t key) const noexcept;
  /// Index into `keys`, or keys.size().
  std::size_t find_term(std::uint64_t key) const noexcept { return keys.find(key); }
  posting_list postings(std::size_t term) const noexcept;
  /// Whether at most FEW of its memories bear the term.
  bool has_few(std::size_t term) const noexcept { return few[term]; }
  std::span<const mention> mentions_of(std::uint32_t ordinal) const noexcept;
  /// Who names the title, ascending, each once.
  std::span<const std::uint32_t> namings_of(std::uint64_t title_key) const noexcept;
  std::span<const std::uint32_t> namings_at(std::size_t title) const noexcept {
    return {namings.data() + naming_offsets[title], namings.data() + naming_offsets[title + 1]};
  }
  std::span<const std::uint32_t> words_of(std::uint32_t local) const noexcept;
  /// Terms (indexes into `keys`) of a memory, ascending.
  std::span<const std::uint32_t> terms_of(std::uint32_t local) const noexcept;
  std::string_view id(std::uint32_t local) const noexcept;
  std::size_t bytes() const noexcept;

  std::vector<document> documents;
  std::vector<std::uint32_t> lengths; // of each document, apart because every posting asks for it
  std::vector<std::uint32_t> named_terms; // and the global term that counts who names its title
  std::string ids;

  sorted_hashes keys;
  std::vector<std::uint32_t> global_terms; // of each key: where its frequency is kept
  std::vector<std::uint32_t> key_offsets;  // keys.size() + 1, into the four below
  std::vector<bool> few;                   // of each key: has_few()
  std::vector<std::uint32_t> posting_locals;
  std::vector<std::uint16_t> posting_weights;
  std::vector<std::uint32_t> position_offsets; // one more than postings
  std::vector<std::uint16_t> positions;

  std::vector<std::uint32_t> term_offsets; // documents.size() + 1
  std::vector<std::uint32_t> terms;
  std::vector<std::uint32_t> word_offsets; // documents.size() + 1
  std::vector<std::uint32_t> words;
  std::vector<mention> mentions;              // ascending by (ordinal, begin, length)
  std::vector<std::uint32_t> mention_offsets; // documents.size() + 1; before: of older memories
  std::vector<std::uint32_t> older_offsets;   // of every OLDER_STEP-th older one; may be none
  sorted_hashes named_keys;                   // of titles
  std::vector<std::uint32_t> naming_offsets;  // named_keys.size() + 1, into namings
  std::vector<std::uint32_t> namings;         // ordinals, for each title ascending, each once

  vector_block vectors; // of those that have an embedding

  std::vector<std::uint32_t> by_key;  // locals ascending by (memory key, content)
  sorted_hashes key_hashes;           // the upper halves of their keys
  std::vector<std::uint32_t> by_when; // locals that have a time, ascending by (when, id)
};

/// Appends the ordinals of every version of a memory, in no order that means anything.
void find_key(const std::vector<std::shared_ptr<const segment>>& in, const base::memory_key& key,
              std::vector<std::uint32_t>& to);

/// A segment's members by session. Apart from the segment because an amended order moves them.
struct session_order {
  sorted_hashes keys;
  std::vector<std::uint32_t> offsets; // keys.size() + 1, into locals
  std::vector<std::uint32_t> locals;  // within a session ascending by (when, order, id, content)

  std::span<const std::uint32_t> members(std::uint64_t session) const noexcept;
  std::size_t bytes() const noexcept;
};

} // namespace engram::memory

#pragma once
// WordNet's database files (wndb(5WN)) as memories: a synset becomes a memory whose title is its
// words and whose text is its words and its gloss; its pointers become typed associations.
//
// A synset is named as people name it: first word, part of speech (n, v, a, s, r), sense number,
// e.g. "penguin.n.01", "take_off.v.03". The sense number is the place of the synset among those of
// the word, most frequent first, and stands in the index files, so these are read first.

#include "client/import/record.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace engram::client {

/// Names of synsets by part of speech file ('n', 'v', 'a', 'r') and offset in it.
class synset_names {
public:
  /// Reads one line of index.POS. False: not an entry (the licence, a damaged line).
  bool add_index_line(std::string_view line);
  /// The name of the synset at `offset`, or nullptr when no index line tells it.
  const std::string* find(char part_of_speech, std::uint32_t offset) const;
  std::size_t size() const noexcept { return names_.size(); }

  struct sense {
    std::uint32_t offset = 0;
    std::uint16_t number = 0;
  };
  /// The sense number of `word` at that synset; 0 when unknown.
  std::uint16_t sense_of(std::string_view word, char part_of_speech, std::uint32_t offset) const;

  /// Gives the synset its name, once its first word and type are known from data.POS.
  void name(char part_of_speech, std::uint32_t offset, std::string name);

private:
  std::unordered_map<std::string, std::vector<sense>> senses_; // "n:penguin"
  std::unordered_map<std::uint64_t, std::string> names_;
};

/// One line of data.POS. Targets of pointers are left as (part of speech, offset).
struct synset {
  std::uint32_t offset = 0;
  char type = 'n'; // n v a s r
  std::vector<std::string> words;
  struct pointer {
    std::string symbol;
    std::uint32_t offset = 0;
    char part_of_speech = 'n';
  };
  std::vector<pointer> pointers;
  std::string gloss;
};

/// errc::malformed_message: why the line is not a synset.
base::result<synset> parse_synset(std::string_view line);

/// Kind and weight of a pointer symbol, e.g. "@" -> hypernym 0.8; an empty kind when unknown.
struct relation {
  std::string_view kind;
  double weight = 0;
};
relation relation_of(std::string_view symbol);

/// The memory a synset becomes. Pointers to synsets without a name are left out.
import_item make_memory(const synset& from, const synset_names& names);

/// Reads index.* and data.* in `folder`. errc::read_failed names the file that is missing.
base::result<std::unique_ptr<import_source>> open_wordnet(const std::string& folder);

} // namespace engram::client

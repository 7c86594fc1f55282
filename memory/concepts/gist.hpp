#pragma once
// What of a space's concepts may leave its replicas: numbers, hashed words, times and the direction
// of embeddings; no client's word, no id. Made of a concept_set, read by any member to say which
// spaces know about a cue and how much. Pure values.
//
// Words travel as 32-bit prints, salted with the space's identity: a sparse vector of words, exact
// where one folded into a few hundred numbers would answer any cue a little.

#include "base/result.hpp"
#include "memory/concepts/concept.hpp"
#include "memory/text/analyser.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace engram::memory {

struct word_print {
  std::uint32_t print = 0, weight = 0;
  friend bool operator==(const word_print&, const word_print&) = default;
};

struct concept_gist {
  concept_name name;
  base::hash128 version;
  std::vector<std::int8_t> centroid;                      // of embeddings; empty: made of words
  std::uint32_t coherence = 0, strength = 0, members = 0; // as in concept_record
  bool has_when = false;
  base::instant first, last;
  std::vector<word_print> words; // heaviest first
  friend bool operator==(const concept_gist&, const concept_gist&) = default;
};

/// Of all concepts of a space, also those that found no room.
struct concept_summary {
  std::uint64_t concepts = 0, members = 0, memories = 0;
  friend bool operator==(const concept_summary&, const concept_summary&) = default;
};

concept_gist gist_of(const concept_record& record, const base::space_id& space);
/// Without name and version, which travel beside it.
std::string encode(const concept_gist& gist);
base::result<concept_gist> decode_gist(std::string_view bytes);
std::string encode(const concept_summary& summary);
base::result<concept_summary> decode_summary(std::string_view bytes);

/// A cue as concepts of one space are compared with it.
struct concept_cue {
  std::vector<std::uint32_t> words; // prints; each once
  std::optional<std::vector<std::int8_t>> vector;
};
concept_cue cue_for(const base::space_id& space, const analyser& words, const cue& asked);

/// In 1/65536: the cosine of the embeddings, or the share of the cue's words that the concept's
/// members share, whichever is more.
std::uint32_t similarity_of(const concept_gist& gist, const concept_cue& cue);
/// Similarity * strength: what a space knows about a cue is the most of its concepts'.
inline std::uint32_t match_of(std::uint32_t similarity, const concept_gist& gist) noexcept {
  return static_cast<std::uint32_t>(std::uint64_t{similarity} * gist.strength >> 16);
}

} // namespace engram::memory

#pragma once
// What several episodes have in common, made by consolidation and never written by a client.
// Values. A space's concepts are a function of its visible memories, the configuration and the
// engine version: to the last bit the same on every replica, whatever the order of arrival (ADR
// 0016). Citations are ordinals, so a set belongs to the run of the space that made it; everything
// else may travel.

#include "base/hash.hpp"
#include "base/id.hpp"
#include "base/time.hpp"
#include "memory/index/snapshot.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace engram::memory {

/// hash(exemplar); it lives as long as the exemplar belongs to the concept.
using concept_name = base::id128<struct concept_tag>;

/// What is compared: embeddings, or, where members have none, their words. Persisted values.
enum class concept_basis : std::uint8_t { words = 1, embeddings = 2 };

/// A term that members share, by its key in the index (memory/index/keys.hpp).
struct concept_word {
  std::uint64_t key = 0;
  std::uint32_t weight = 0; // of the term among the members, relative to the other words
  friend bool operator==(const concept_word&, const concept_word&) = default;
};

struct concept_record {
  concept_name name;
  base::hash128 version;     // of all below: equal versions, equal concepts
  base::memory_key exemplar; // the member with the least key
  concept_basis basis = concept_basis::words;
  std::vector<std::int8_t> centroid; // direction; of the space's dimension, or WORD_DIMENSION
  std::uint32_t coherence = 0;       // mean cosine of the members to the centroid, in 1/65536
  std::uint32_t strength = 0;        // coherence * encoding confidence * n / (n + 2), in 1/65536
  std::uint32_t confidence = 0;      // mean encoding confidence of the members, in 1/65536
  std::uint32_t members = 0;
  bool has_when = false;     // some member says when
  base::instant first, last; // of the members that say when
  // The rest stays on the replica: gossip carries no client's word and no local number.
  std::vector<concept_word> words; // shared by members, heaviest first, at most WORDS_KEPT
  /// Basis words, and not joined: which few members use which word (facets.hpp).
  std::vector<std::uint64_t> facets;
  /// The groups that it was joined from; empty: of episodes, which `citations` holds.
  std::vector<std::shared_ptr<const concept_record>> parts;
  std::vector<std::uint32_t> citations; // ordinals, ascending by time; see cited()
};

/// Length of a vector made of words, and how many of its words a concept keeps.
inline constexpr std::uint32_t WORD_DIMENSION = 512;
inline constexpr std::uint32_t WORDS_KEPT = 16;

/// What decides which episodes belong together, in 1/65536. Part of every version.
struct concept_config {
  /// Least mean cosine between the members of two groups that become one.
  std::uint32_t similarity = 52'429;      // .8, of embeddings
  std::uint32_t words_similarity = 5'243; // .08, of vectors made of words: a sentence or a page of
                                          // one topic has few words in common with another
  /// Among words only: who is in no group joins the one it is nearest to, from here on ...
  std::uint32_t words_assimilated = 3'277; // .05
  /// ... and groups of different times are one when their centroids are so near.
  std::uint32_t words_joined = 58'982; // .9
  /// Fewer have nothing in common, they only resemble each other.
  std::uint32_t members_min = 3;
  friend bool operator==(const concept_config&, const concept_config&) = default;
};

/// All concepts of a space. No memory belongs to two.
struct concept_set {
  std::vector<std::shared_ptr<const concept_record>> concepts; // strongest first, then by name
  base::hash128 signature; // of (name, version) of all; equal on replicas of equal state
  std::size_t bytes() const noexcept;
};

/// Ordinals of all members, in no order that means anything. One may have been hidden since: ask
/// the snapshot that is read.
std::vector<std::uint32_t> cited(const concept_record& by);

concept_name name_of_concept(const base::memory_key& exemplar);

/// Words hashed into WORD_DIMENSION numbers; all zeros for none. What a text cue and a concept made
/// of words are compared by, also where only the centroid is known.
std::vector<std::int8_t> word_vector(const std::vector<concept_word>& words);

/// Cosine of two directions in 1/65536; 0 where one points nowhere or has another length.
std::int32_t cosine(const std::vector<std::int8_t>& a, const std::vector<std::int8_t>& b);

/// From scratch, at once. consolidator.hpp does it in small steps and keeps what did not change.
concept_set consolidate(const snapshot& on, const concept_config& config = {});

} // namespace engram::memory

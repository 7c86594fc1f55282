#pragma once
// The stored memories that speak for an answer: those like a probe, and those of one stream, which
// is what a session or a person went through in order of time. Pure; the same bits everywhere.

#include "memory/index/snapshot.hpp"
#include "memory/text/analyser.hpp"
#include "memory/types.hpp"
#include "memory/verbs/queries.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace engram::memory {

struct exemplar {
  std::uint32_t ordinal = 0;
  double similarity = 0; // in (0, 1]; 1: the same words
};

/// The visible memories most like the probe, best first. Likeness is Tversky's ratio (1977) of what
/// both have to that, what the probe alone has, and .15 of what the memory alone has (a memory says
/// more than is asked of it), each word worth idf * tf / (tf + 1). With embeddings on both sides,
/// the greater of that and their cosine.
std::vector<exemplar> most_similar(const snapshot& on, const analyser& words, const episode& probe,
                                   std::size_t limit);

/// Under which key the index lists memories with this value; 0: the field has no such list.
std::uint64_t value_key(const analyser& words, episode_field field, const std::string& value);
/// Visible memories with this value.
std::uint32_t value_frequency(const snapshot& on, episode_field field, std::uint64_t key);

/// Visible memories with the value, in order of time, not later than `until`; at most the newest
/// `limit`. With `centre`, those nearest to it in time instead, nearest first.
struct stream_query {
  episode_field field = episode_field::session;
  std::uint64_t key = 0;
  base::instant until;
  std::optional<base::instant> centre;
  std::size_t limit = 256;
};
std::vector<std::uint32_t> stream_of(const snapshot& on, const stream_query& query);

/// What an episode has in this field; of `who` the speaker where nobody else is named, of `when`
/// the month.
std::vector<std::string> values_of(const episode& from, episode_field field);

} // namespace engram::memory

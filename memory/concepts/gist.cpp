#include "memory/concepts/gist.hpp"

#include "base/bytes.hpp"
#include "base/fields.hpp"

#include <algorithm>

namespace engram::memory {

namespace {

enum gist_tag : std::uint8_t {
  CENTROID = 1,
  COHERENCE,
  STRENGTH,
  MEMBERS,
  HAS_WHEN,
  FIRST,
  LAST,
  WORDS
};
enum summary_tag : std::uint8_t { CONCEPTS = 1, IN_CONCEPTS, MEMORIES };

constexpr std::uint32_t one = 65'536;

std::uint32_t print_of(const base::space_id& space, std::uint64_t key) {
  base::writer out;
  out.u64(key);
  return static_cast<std::uint32_t>(base::fast_hash64(out.view(), space.value.low));
}

} // namespace

concept_gist gist_of(const concept_record& record, const base::space_id& space) {
  concept_gist out;
  out.name = record.name;
  out.version = record.version;
  if (record.basis == concept_basis::embeddings) out.centroid = record.centroid;
  out.coherence = record.coherence;
  out.strength = record.strength;
  out.members = record.members;
  out.has_when = record.has_when;
  if (record.has_when) out.first = record.first, out.last = record.last;
  for (const auto& word : record.words)
    out.words.push_back({print_of(space, word.key), word.weight});
  return out;
}

std::string encode(const concept_gist& gist) {
  base::field_writer out;
  out.text(CENTROID, std::string_view(reinterpret_cast<const char*>(gist.centroid.data()),
                                      gist.centroid.size()));
  out.number(COHERENCE, gist.coherence);
  out.number(STRENGTH, gist.strength);
  out.number(MEMBERS, gist.members);
  out.number(HAS_WHEN, gist.has_when ? 1 : 0);
  out.signed_number(FIRST, gist.first.ms);
  out.signed_number(LAST, gist.last.ms);
  base::writer words;
  for (const auto& word : gist.words) {
    words.u32(word.print);
    words.var(word.weight);
  }
  out.text(WORDS, words.view());
  return std::move(out).take();
}

base::result<concept_gist> decode_gist(std::string_view bytes) {
  base::field_reader in(bytes);
  concept_gist out;
  const auto centroid = in.text(CENTROID);
  out.centroid.assign(centroid.begin(), centroid.end());
  out.coherence = in.number32(COHERENCE);
  out.strength = in.number32(STRENGTH);
  out.members = in.number32(MEMBERS);
  const auto has_when = in.number(HAS_WHEN);
  if (has_when > 1) in.reject();
  out.has_when = has_when == 1;
  out.first.ms = in.signed_number(FIRST);
  out.last.ms = in.signed_number(LAST);
  base::reader words(in.text(WORDS));
  while (!words.at_end() && !words.bad()) {
    const auto print = words.u32();
    const auto weight = words.var();
    if (weight > UINT32_MAX) in.reject();
    out.words.push_back({print, static_cast<std::uint32_t>(weight)});
  }
  if (words.bad()) in.reject();
  TRY(in.finish("concept"));
  return out;
}

std::string encode(const concept_summary& summary) {
  base::field_writer out;
  out.number(CONCEPTS, summary.concepts);
  out.number(IN_CONCEPTS, summary.members);
  out.number(MEMORIES, summary.memories);
  return std::move(out).take();
}

base::result<concept_summary> decode_summary(std::string_view bytes) {
  base::field_reader in(bytes);
  concept_summary out{in.number(CONCEPTS), in.number(IN_CONCEPTS), in.number(MEMORIES)};
  TRY(in.finish("summary of concepts"));
  return out;
}

concept_cue cue_for(const base::space_id& space, const analyser& words, const cue& asked) {
  concept_cue out;
  for (const auto& word : words.analyse_query(asked.text).words)
    out.words.push_back(print_of(space, word.key));
  std::sort(out.words.begin(), out.words.end());
  out.words.erase(std::unique(out.words.begin(), out.words.end()), out.words.end());
  if (asked.vector) out.vector = asked.vector->values;
  return out;
}

std::uint32_t similarity_of(const concept_gist& gist, const concept_cue& cue) {
  std::uint32_t out = 0;
  if (cue.vector && cue.vector->size() == gist.centroid.size())
    out = static_cast<std::uint32_t>(
        std::clamp(cosine(*cue.vector, gist.centroid), 0, static_cast<std::int32_t>(one)));
  if (cue.words.empty()) return out;
  std::uint64_t shared = 0;
  for (const auto& word : gist.words)
    shared += std::binary_search(cue.words.begin(), cue.words.end(), word.print);
  return std::max(out, static_cast<std::uint32_t>(shared * one / cue.words.size()));
}

} // namespace engram::memory

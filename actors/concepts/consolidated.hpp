#pragma once
// Between a space's concepts, its sheet and what is answered from either. Pure: equal concepts give
// equal sheets and equal answers, on a replica and elsewhere.

#include "actors/concepts/values.hpp"
#include "membership/concepts/sheet.hpp"
#include "memory/concepts/gist.hpp"

namespace engram::actors {

/// All concepts of a space as a replica has them.
struct consolidated {
  std::shared_ptr<const memory::concept_set> set;
  std::vector<memory::concept_gist> gists; // of each
  memory::concept_summary summary;
  base::hash128 content; // of the records that would hold all
};

/// What is known of a space from its sheet.
struct sheet_view {
  std::vector<memory::concept_gist> gists; // strongest first
  memory::concept_summary summary;
  base::instant as_of;
};

consolidated make_consolidated(std::shared_ptr<const memory::concept_set> set,
                               const base::space_id& space, std::uint64_t memories);
/// The summary first, then concepts, strongest first; none when there are no concepts.
std::vector<membership::sheet_record> records_of(const consolidated& from);
/// errc::corrupt, errc::unsupported_format: not what records_of() makes.
base::result<sheet_view> read_sheet(const membership::sheet& from);

/// Else there is nothing that a concept could be compared with.
inline bool has_words(const memory::cue& cue) { return !cue.text.empty() || cue.vector; }

struct ranked_concept {
  std::size_t at = 0; // in the gists
  std::uint32_t similarity = 0;
};
/// By match with the cue, those without any left out; without a cue by strength.
std::vector<ranked_concept> rank(const std::vector<memory::concept_gist>& gists,
                                 const std::optional<memory::concept_cue>& cue,
                                 std::uint32_t limit);
/// Without exemplar and citations.
concept_row row_of(const memory::concept_gist& gist, std::uint32_t similarity);
concepts_reply answer_from(const sheet_view& view, const std::optional<memory::concept_cue>& cue,
                           std::uint32_t limit);
/// nullopt: nothing.
std::optional<knowledge> knowledge_of(const sheet_view& view, const memory::concept_cue& cue);
/// How many concepts of `now` are not in `before` as they are.
std::uint64_t count_changed(const consolidated* before, const consolidated& now);

} // namespace engram::actors

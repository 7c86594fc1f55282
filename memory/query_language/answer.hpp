#pragma once
// One statement of the query language, parsed, bound and answered on one snapshot. Pure but for
// `read`.

#include "base/result.hpp"
#include "memory/concepts/concept.hpp"
#include "memory/query_language/bind.hpp"
#include "memory/query_language/finding.hpp"
#include "memory/recall/recall.hpp"
#include "memory/verbs/dream.hpp"
#include "memory/verbs/reader.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace engram::memory {

struct asked_query {
  std::string text;
  query_parameters parameters;
  base::instant now;
  /// Of the same memories; a statement that uses_concepts() needs them.
  const concept_set* concepts = nullptr;
  dream_listener dreaming = {}; // hears each replay of a DREAM
};

/// RECALL ... BLENDED. What cannot be read uses none.
bool uses_concepts(std::string_view text);

/// A memory that was recalled, with what it says.
finding finding_of(const hit& found, std::shared_ptr<const episode> what);

/// What is wrong with a statement that names spaces, where only `own` can answer.
std::optional<query_error> other_space(const query_statement& statement, const bound_query& bound,
                                       std::string_view own);

/// errc::invalid_query says where in the text and why (base/text_fault.hpp). Consolidation and
/// concepts are not answered from a snapshot, and other spaces than `of` not from this one.
base::result<query_answer> answer_query(const snapshot& on, const recall_setting& setting,
                                        const space_config& of, const asked_query& asked,
                                        const episode_reader& read);

} // namespace engram::memory

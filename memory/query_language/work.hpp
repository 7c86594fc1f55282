#pragma once
// Answers to the statements that do more than ask memories: RECALL ... BLENDED, which looks at
// concepts too, and DREAM, REVISE, REVISIONS. Pure but for `read`; what is to be written stands in
// the answer.

#include "memory/concepts/concept.hpp"
#include "memory/query_language/finding.hpp"
#include "memory/recall/recall.hpp"
#include "memory/verbs/dream.hpp"
#include "memory/verbs/queries.hpp"
#include "memory/verbs/reader.hpp"

#include "base/result.hpp"

namespace engram::memory {

query_answer answer_blended(const snapshot& on, const recall_setting& setting,
                            const concept_set& concepts, const blended_query& asked,
                            const episode_reader& read);
query_answer answer_dream(const snapshot& on, const recall_setting& setting,
                          const dream_query& asked, const episode_reader& read,
                          const dream_listener& hears = {});
/// Errors: as revise() (verbs/revisions.hpp).
base::result<query_answer> answer_revise(const snapshot& on, const recall_setting& setting,
                                         const revise_query& asked, const episode_reader& read);
query_answer answer_revisions(const snapshot& on, const revisions_query& asked,
                              const episode_reader& read);

} // namespace engram::memory

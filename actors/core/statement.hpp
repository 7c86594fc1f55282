#pragma once
// A statement of the query language as a coordinator takes it: read and bound before anybody is
// asked, so that a fault costs no replica anything. And answers of other requests as findings.
// Pure.

#include "actors/service/concepts.hpp"
#include "actors/service/queries.hpp"
#include "actors/service/recall.hpp"

#include <optional>

namespace engram::actors {

struct bound_statement {
  memory::query_statement written;
  memory::bound_query bound;
};

/// errc::invalid_query.
base::result<bound_statement> read_statement(const query_request& request);

/// Whether it works on a space instead of asking only. What cannot be read does nothing.
bool needs_write(std::string_view text);

/// Where a statement goes: of the spaces `where`, those that it names, else `own`, else all.
/// errc::unknown_space, forbidden: it names one that is not among them, or not `readable` (empty:
/// all are).
base::result<space_selector> narrow(const space_selector& where,
                                    const std::vector<std::string>& readable,
                                    const bound_statement& asked, const std::string& own);

/// REVISE of what is `given`, by these names: of, text, title, speaker, who, place, session, when,
/// tags; as (the revision's id), embedding, sure. errc::invalid_argument: without `of`.
base::result<query_request> revise_request(memory::query_parameters given);

/// errc::invalid_query: it says IN SPACE of another than `own`.
base::result<void> check_own(const bound_statement& asked, std::string_view own);
/// Only RECALL asks several spaces at a time.
base::error one_space_only(const bound_statement& asked);

query_reply findings_of(recall_reply from);
query_reply findings_of(const concepts_reply& from);
query_reply findings_of(const consolidation_report& from);

} // namespace engram::actors

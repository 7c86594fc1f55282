#pragma once
// From a statement to what the engine is asked: parameters get their values, ranges are checked.
// A parameter's value is never read as query text, so nothing a user types can become a clause.
// Pure, and total.

#include "memory/query_language/parser.hpp"
#include "memory/types.hpp"
#include "memory/verbs/queries.hpp"

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace engram::memory {

/// Text (dates too), a number, an embedding, or a list of texts.
using parameter_value =
    std::variant<std::string, double, std::vector<double>, std::vector<std::string>>;
using query_parameters = std::map<std::string, parameter_value, std::less<>>;

using question =
    std::variant<recall_query, recognize_query, spread_query, complete_query, predict_query,
                 imagine_query, reminisce_query, consolidate_query, concepts_query,
                 introspect_query, blended_query, dream_query, revise_query, revisions_query>;

struct bound_query {
  memory::question question;
  std::vector<std::string> spaces; // empty: the caller's own
  bool explain = false;
};

/// `now` is what forgetting is measured against where the query has no AS OF. Every parameter must
/// be given and every given one used.
std::variant<bound_query, query_error>
bind_query(const query_statement& statement, const query_parameters& parameters, base::instant now);

} // namespace engram::memory

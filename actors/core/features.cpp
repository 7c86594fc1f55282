#include "actors/core/features.hpp"

#include "memory/query_language/parser.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

bool is_new(const memory::query_statement& written) {
  using memory::clause_kind;
  using memory::query_verb;
  const auto& verb = written.verb;
  if (verb == query_verb::dream || verb == query_verb::revise || verb == query_verb::revisions)
    return true;
  return std::any_of(written.clauses.begin(), written.clauses.end(), [](const auto& each) {
    return each.kind == clause_kind::blended || each.kind == clause_kind::primed_by;
  });
}

} // namespace

std::uint32_t needed_level(const decltype(ask::what)& what) {
  if (std::holds_alternative<watch_ask>(what)) return 2;
  if (const auto* recall = std::get_if<recall_ask>(&what))
    return recall->query.primes.empty() ? 1 : 2;
  const auto* statement = std::get_if<query_ask>(&what);
  if (statement == nullptr) return 1;
  const auto parsed = memory::parse_query(statement->text);
  const auto* written = std::get_if<memory::query_statement>(&parsed);
  return written != nullptr && is_new(*written) ? 2 : 1;
}

base::error too_old_for(std::uint32_t level) {
  return {base::errc::incompatible,
          "it needs feature level " + std::to_string(level) +
              ", and no member that has the space knows it: upgrade them"};
}

} // namespace engram::actors

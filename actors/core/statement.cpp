#include "actors/core/statement.hpp"

#include "memory/confidence.hpp"
#include "memory/query_language/answer.hpp"
#include "memory/query_language/grammar.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

base::error refusal(const memory::query_error& why) {
  return {base::errc::invalid_query, to_string(why)};
}

bool among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

base::result<bound_statement> read_statement(const query_request& request) {
  auto parsed = memory::parse_query(request.text);
  if (const auto* why = std::get_if<memory::query_error>(&parsed)) return refusal(*why);
  auto& written = std::get<memory::query_statement>(parsed);
  auto bound = memory::bind_query(written, request.parameters, request.now);
  if (const auto* why = std::get_if<memory::query_error>(&bound)) return refusal(*why);
  return bound_statement{std::move(written), std::get<memory::bound_query>(std::move(bound))};
}

bool needs_write(std::string_view text) {
  const auto parsed = memory::parse_query(text);
  const auto* written = std::get_if<memory::query_statement>(&parsed);
  if (written == nullptr) return false;
  switch (written->verb) {
  case memory::query_verb::consolidate:
  case memory::query_verb::dream:
  case memory::query_verb::revise:
    return true;
  default:
    return false;
  }
}

base::result<space_selector> narrow(const space_selector& where,
                                    const std::vector<std::string>& readable,
                                    const bound_statement& asked, const std::string& own) {
  space_selector out = where;
  if (!asked.bound.spaces.empty())
    out = {asked.bound.spaces, {}};
  else if (!own.empty())
    out = {{own}, {}};
  for (const std::string& name : out.names) {
    const bool held =
        where.names.empty() ? name.starts_with(where.prefix) : among(where.names, name);
    if (!held) return {base::errc::unknown_space, "not among those asked (space=" + name + ")"};
    if (!readable.empty() && !among(readable, name))
      return {base::errc::forbidden, "the key is not for this space (space=" + name + ")"};
  }
  return out;
}

base::result<void> check_own(const bound_statement& asked, std::string_view own) {
  if (const auto fault = memory::other_space(asked.written, asked.bound, own))
    return refusal(*fault);
  return base::success();
}

base::error one_space_only(const bound_statement& asked) {
  memory::query_position at = asked.written.at;
  for (const auto& clause : asked.written.clauses)
    if (clause.kind == memory::clause_kind::in_space) at = clause.at;
  const std::string verb(memory::rule_of(asked.written.verb).word);
  return refusal({at, verb + " asks one space; name it with IN SPACE", ""});
}

query_reply findings_of(recall_reply from) {
  query_reply out;
  out.answer.verb = "RECALL";
  for (std::size_t i = 0; i < from.answer.hits.size(); ++i) {
    std::shared_ptr<const memory::episode> what;
    if (i < from.content.size())
      what = std::make_shared<const memory::episode>(std::move(from.content[i].what));
    out.answer.findings.push_back(memory::finding_of(from.answer.hits[i], std::move(what)));
  }
  out.answer.measures.emplace_back("considered", static_cast<double>(from.answer.considered));
  out.spaces = std::move(from.spaces);
  out.at_full_coverage = std::move(from.at_full_coverage);
  out.coverage = std::move(from.coverage);
  out.token = std::move(from.token);
  return out;
}

query_reply findings_of(const concepts_reply& from) {
  query_reply out;
  out.answer.verb = "CONCEPTS";
  if (from.coarse) out.answer.verdict = "coarse: no replica was reached";
  std::uint32_t group = 0;
  for (const concept_row& row : from.concepts) {
    memory::finding made;
    made.group = group++;
    made.field = "concept";
    made.value = row.name.hex();
    made.confidence = memory::certain(row.strength);
    made.source = "consolidated";
    made.because = row.citations;
    made.measures = {{"strength", row.strength},
                     {"coherence", row.coherence},
                     {"similarity", row.similarity},
                     {"members", row.members}};
    out.answer.findings.push_back(std::move(made));
  }
  out.answer.measures = {{"concepts", static_cast<double>(from.total)},
                         {"members", static_cast<double>(from.members)},
                         {"memories", static_cast<double>(from.memories)}};
  out.coverage.memories = from.memories;
  if (from.coarse) out.coverage.replicas_answered = 0;
  return out;
}

query_reply findings_of(const consolidation_report& from) {
  query_reply out;
  out.answer.verb = "CONSOLIDATE";
  out.answer.verdict = from.shared ? "shared with every node" : "not shared";
  out.answer.measures = {{"concepts", static_cast<double>(from.total)},
                         {"members", static_cast<double>(from.members)},
                         {"memories", static_cast<double>(from.memories)},
                         {"changed", static_cast<double>(from.changed)}};
  out.coverage.memories = from.memories;
  return out;
}

base::result<query_request> revise_request(memory::query_parameters given) {
  constexpr std::pair<const char*, const char*> CHANGES[] = {
      {"text", "what"},   {"title", "title"},     {"speaker", "speaker"}, {"who", "who"},
      {"place", "place"}, {"session", "session"}, {"when", "when"},       {"tags", "tag"}};
  constexpr std::pair<const char*, const char*> CLAUSES[] = {
      {"as", " NAMED $"}, {"embedding", " SIMILAR TO $"}, {"sure", " SURE $"}};
  if (!given.contains("of")) return {base::errc::invalid_argument, "of: the id of a memory"};
  query_request out;
  out.text = "REVISE $of";
  const char* before = " TO ";
  for (const auto& [name, field] : CHANGES) {
    if (!given.contains(name)) continue;
    out.text.append(before).append(field).append(" = $").append(name);
    before = ", ";
  }
  for (const auto& [name, words] : CLAUSES)
    if (given.contains(name)) out.text.append(words).append(name);
  out.parameters = std::move(given);
  return out;
}

} // namespace engram::actors

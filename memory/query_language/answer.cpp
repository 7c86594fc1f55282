#include "memory/query_language/answer.hpp"

#include "memory/confidence.hpp"
#include "memory/query_language/grammar.hpp"
#include "memory/query_language/work.hpp"
#include "memory/verbs/complete.hpp"
#include "memory/verbs/imagine.hpp"
#include "memory/verbs/introspect.hpp"
#include "memory/verbs/predict.hpp"
#include "memory/verbs/recall_probability.hpp"
#include "memory/verbs/recognize.hpp"
#include "memory/verbs/reminisce.hpp"

#include <algorithm>
#include <set>

namespace engram::memory {

namespace {

base::error refusal(const query_error& why) { return {base::errc::invalid_query, to_string(why)}; }

std::string name_of(episode_field field) {
  return std::string(field_names()[static_cast<std::size_t>(field)]);
}

finding said(std::uint32_t group, episode_field field, std::string value, const interval& sure,
             std::string source, std::vector<std::string> because) {
  finding made;
  made.group = group;
  made.field = name_of(field);
  made.value = std::move(value);
  made.confidence = sure;
  made.source = std::move(source);
  made.because = std::move(because);
  return made;
}

/// What EXPLAIN adds where no finding is a memory: those that the findings cite.
void add_evidence(const snapshot& on, const episode_reader& read, query_answer& to) {
  constexpr std::size_t cited_max = 64;
  std::set<std::string> cited;
  for (const finding& each : to.findings) {
    if (each.field == "memory") return; // these are the evidence
    cited.insert(each.because.begin(), each.because.end());
  }
  const std::uint32_t group = to.findings.empty() ? 0 : to.findings.back().group + 1;
  for (const std::string& id : cited) {
    const auto ordinals = on.find_id(id);
    if (ordinals.empty() || to.findings.size() >= cited_max) continue;
    finding made;
    made.group = group;
    made.field = "memory";
    made.value = id;
    made.confidence = certain(1);
    made.source = "recalled";
    made.what = read(ordinals.front());
    to.findings.push_back(std::move(made));
  }
}

/// One function per verb; each fills the findings and measures of a reply.
struct answering {
  const snapshot& on;
  const recall_setting& setting;
  const episode_reader& read;
  std::uint32_t dimension;
  const concept_set* concepts;
  const dream_listener& dreaming;

  base::result<void> check_vector(const std::optional<embedding>& given) const {
    if (!given || given->values.size() == dimension) return base::success();
    return {base::errc::wrong_dimension,
            "SIMILAR TO: the space has " + std::to_string(dimension) + " dimensions"};
  }

  finding memory_found(std::uint32_t group, std::uint32_t ordinal, const std::string& id,
                       const interval& sure, measures numbers) const {
    return {group, "memory", id, sure, "recalled", {}, std::move(numbers), read(ordinal), {}, {}};
  }

  base::result<query_answer> operator()(const recall_query& asked) const {
    TRY(check_vector(asked.cue.vector));
    const auto found = memory::recall(on, setting, asked);
    query_answer out;
    for (const auto& hit : found.hits) out.findings.push_back(finding_of(hit, read(hit.ordinal)));
    out.measures.emplace_back("considered", static_cast<double>(found.considered));
    return out;
  }
  base::result<query_answer> operator()(const spread_query& asked) const {
    const auto found = memory::spread(on, setting, asked);
    query_answer out;
    for (const auto& each : found.memories) {
      const double p = recall_probability(each.activation);
      auto made = memory_found(0, each.ordinal, each.id, certain(p),
                               {{"activation", each.activation.to_double()}});
      for (const auto& step : each.best_path) made.because.push_back(step.from);
      made.path = each.best_path;
      out.findings.push_back(std::move(made));
    }
    out.measures.emplace_back("rounds", found.rounds);
    return out;
  }
  base::result<query_answer> operator()(const recognize_query& asked) const {
    const auto found = memory::recognize(on, setting, asked);
    query_answer out;
    out.verdict = found.recognized ? "recognized" : "not recognized";
    finding familiar;
    familiar.field = "familiarity";
    familiar.value = out.verdict;
    familiar.confidence = found.familiarity;
    out.findings.push_back(std::move(familiar));
    for (const auto& each : found.nearest) {
      out.findings.front().because.push_back(each.id);
      out.findings.push_back(
          memory_found(1, each.ordinal, each.id, certain(each.similarity),
                       {{"similarity", each.similarity}, {"retention", each.retention}}));
    }
    out.measures.emplace_back("echo", found.echo);
    return out;
  }
  base::result<query_answer> operator()(const complete_query& asked) const {
    const auto found = memory::complete(on, setting, asked, read);
    query_answer out;
    std::uint32_t group = 0;
    for (const auto& field : found.fields) {
      if (!field.enough_evidence)
        out.verdict.append(out.verdict.empty() ? "not enough evidence for " : ", ")
            .append(name_of(field.field));
      for (const auto& value : field.values)
        out.findings.push_back(said(group, field.field, value.value, value.confidence,
                                    std::string(to_string(value.source)), value.because));
      ++group;
    }
    return out;
  }
  base::result<query_answer> operator()(const predict_query& asked) const {
    const auto found = memory::predict(on, setting, asked, read);
    query_answer out;
    if (!found.enough_evidence) out.verdict = "not enough evidence";
    for (const auto& each : found.values)
      out.findings.push_back(
          said(0, asked.wanted, each.value, each.probability, "predicted", each.because));
    out.measures.emplace_back("unseen", found.unseen);
    out.measures.emplace_back("history", found.history);
    if (found.within) out.measures.emplace_back("within", *found.within);
    return out;
  }
  base::result<query_answer> operator()(const imagine_query& asked) const {
    const auto found = memory::imagine(on, setting, asked, read);
    query_answer out;
    out.verdict = found.episodes.empty() ? "nothing to imagine from" : "imagined, never happened";
    std::uint32_t group = 0;
    for (const auto& episode : found.episodes) {
      for (const auto& part : episode.parts)
        out.findings.push_back(said(group, part.field, part.value, certain(episode.plausibility),
                                    "imagined", {part.from}));
      ++group;
    }
    return out;
  }
  base::result<query_answer> operator()(const reminisce_query& asked) const {
    const auto found = memory::reminisce(on, setting, asked);
    query_answer out;
    std::uint32_t group = 0;
    for (const auto& chapter : found.chapters) {
      for (const auto& each : chapter.memories)
        out.findings.push_back(memory_found(group, each.ordinal, each.id, certain(each.vividness),
                                            {{"activation", each.activation.to_double()}}));
      ++group;
    }
    out.measures.emplace_back("considered", static_cast<double>(found.considered));
    return out;
  }
  base::result<query_answer> operator()(const introspect_query& asked) const {
    const auto found = memory::introspect(on, setting, asked, read);
    query_answer out;
    const interval sure = certain(1);
    if (found.first)
      for (const auto& [when, id] :
           {std::pair(found.first, found.first_id), std::pair(found.last, found.last_id)})
        out.findings.push_back(
            said(0, episode_field::when, base::format_time(*when), sure, "recalled", {id}));
    for (const auto& each : found.largest) {
      out.findings.push_back(
          said(1, episode_field::session, each.name, sure, "recalled", {each.first}));
      out.findings.back().measures = {{"members", each.members}};
    }
    out.measures = {{"memories", static_cast<double>(found.memories)},
                    {"hidden", static_cast<double>(found.hidden)},
                    {"dated", static_cast<double>(found.dated)},
                    {"embedded", static_cast<double>(found.embedded)},
                    {"recalled", static_cast<double>(found.recalled)},
                    {"sessions", static_cast<double>(found.sessions)},
                    {"retention", found.retention},
                    {"confidence", found.confidence}};
    return out;
  }
  base::result<query_answer> operator()(const blended_query& asked) const {
    TRY(check_vector(asked.episodes.cue.vector));
    if (concepts == nullptr) return {base::errc::invalid_argument, "BLENDED needs concepts"};
    return answer_blended(on, setting, *concepts, asked, read);
  }
  base::result<query_answer> operator()(const dream_query& asked) const {
    return answer_dream(on, setting, asked, read, dreaming);
  }
  base::result<query_answer> operator()(const revise_query& asked) const {
    TRY(check_vector(asked.changed.embedding));
    return answer_revise(on, setting, asked, read);
  }
  base::result<query_answer> operator()(const revisions_query& asked) const {
    return answer_revisions(on, asked, read);
  }
  base::result<query_answer> operator()(const consolidate_query&) const {
    return {base::errc::invalid_argument, "CONSOLIDATE is not a question"};
  }
  base::result<query_answer> operator()(const concepts_query&) const {
    return {base::errc::invalid_argument, "CONCEPTS is not answered from memories alone"};
  }
};

} // namespace

finding finding_of(const hit& found, std::shared_ptr<const episode> what) {
  finding made{0, "memory", found.id, found.confidence, "recalled", {}, {}, nullptr, {}, {}};
  made.measures = {{"score", found.score.to_double()},
                   {"activation", found.activation.to_double()}};
  if (found.why)
    for (const auto& share : found.why->associations) made.because.push_back(share.from);
  made.what = std::move(what);
  made.why = found.why;
  return made;
}

bool uses_concepts(std::string_view text) {
  const auto parsed = parse_query(text);
  const auto* written = std::get_if<query_statement>(&parsed);
  return written != nullptr &&
         std::any_of(written->clauses.begin(), written->clauses.end(),
                     [](const query_clause& c) { return c.kind == clause_kind::blended; });
}

std::optional<query_error> other_space(const query_statement& statement, const bound_query& bound,
                                       std::string_view own) {
  const auto other = std::find_if(bound.spaces.begin(), bound.spaces.end(),
                                  [&](const std::string& each) { return each != own; });
  if (other == bound.spaces.end()) return std::nullopt;
  query_position at = statement.at;
  for (const query_clause& clause : statement.clauses)
    if (clause.kind == clause_kind::in_space) at = clause.at;
  return query_error{at, "IN SPACE " + *other + ": this is " + std::string(own), ""};
}

base::result<query_answer> answer_query(const snapshot& on, const recall_setting& setting,
                                        const space_config& of, const asked_query& asked,
                                        const episode_reader& read) {
  const auto parsed = parse_query(asked.text);
  if (const auto* why = std::get_if<query_error>(&parsed)) return refusal(*why);
  const auto& statement = std::get<query_statement>(parsed);
  const auto bound = bind_query(statement, asked.parameters, asked.now);
  if (const auto* why = std::get_if<query_error>(&bound)) return refusal(*why);
  const auto& made = std::get<bound_query>(bound);
  if (const auto fault = other_space(statement, made, of.name)) return refusal(*fault);
  TRY_ASSIGN(auto out,
             std::visit(answering{on, setting, read, of.dimension, asked.concepts, asked.dreaming},
                        made.question));
  out.verb = rule_of(statement.verb).word;
  if (made.explain) add_evidence(on, read, out);
  return out;
}

} // namespace engram::memory

#include "memory/query_language/answer.hpp"

#include "memory/confidence.hpp"
#include "memory/query_language/grammar.hpp"
#include "memory/verbs/complete.hpp"
#include "memory/verbs/imagine.hpp"
#include "memory/verbs/predict.hpp"
#include "memory/verbs/recall_probability.hpp"
#include "memory/verbs/recognize.hpp"
#include "memory/verbs/reminisce.hpp"

namespace engram::memory {

namespace {

base::error refusal(const query_error& why) {
  return {base::errc::invalid_argument, to_string(why)};
}

std::string name_of(episode_field field) {
  return std::string(field_names()[static_cast<std::size_t>(field)]);
}

/// One function per verb; each fills the findings and measures of a reply.
struct answering {
  const snapshot& on;
  const recall_setting& setting;
  const episode_reader& read;
  std::uint32_t dimension;

  std::string text(std::uint32_t ordinal) const {
    const auto what = read(ordinal);
    return what ? what->text : std::string();
  }
  finding memory_found(std::uint32_t group, std::uint32_t ordinal, const std::string& id,
                       const interval& sure) const {
    return {group, "memory", id, text(ordinal), sure, "recalled", {}};
  }

  base::result<query_answer> operator()(const recall_query& asked) const {
    if (asked.cue.vector && asked.cue.vector->values.size() != dimension)
      return {base::errc::wrong_dimension,
              "SIMILAR TO: the space has " + std::to_string(dimension) + " dimensions"};
    const auto found = memory::recall(on, setting, asked);
    query_answer out;
    for (const auto& hit : found.hits) {
      auto made = memory_found(0, hit.ordinal, hit.id, hit.confidence);
      if (hit.why)
        for (const auto& share : hit.why->associations) made.because.push_back(share.from);
      out.findings.push_back(std::move(made));
    }
    out.measures.emplace_back("considered", static_cast<double>(found.considered));
    return out;
  }
  base::result<query_answer> operator()(const spread_query& asked) const {
    const auto found = memory::spread(on, setting, asked);
    query_answer out;
    for (const auto& each : found.memories) {
      const double p = recall_probability(each.activation);
      auto made = memory_found(0, each.ordinal, each.id, certain(p));
      for (const auto& step : each.best_path) made.because.push_back(step.from);
      out.findings.push_back(std::move(made));
    }
    out.measures.emplace_back("rounds", found.rounds);
    return out;
  }
  base::result<query_answer> operator()(const recognize_query& asked) const {
    const auto found = memory::recognize(on, setting, asked);
    query_answer out;
    out.verdict = found.recognized ? "recognized" : "not recognized";
    out.findings.push_back({0, "familiarity", out.verdict, "", found.familiarity, "", {}});
    for (const auto& each : found.nearest) {
      out.findings.front().because.push_back(each.id);
      out.findings.push_back(memory_found(0, each.ordinal, each.id, certain(each.similarity)));
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
        out.findings.push_back({group, name_of(field.field), value.value, "", value.confidence,
                                std::string(to_string(value.source)), value.because});
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
          {0, name_of(asked.wanted), each.value, "", each.probability, "predicted", each.because});
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
        out.findings.push_back({group,
                                name_of(part.field),
                                part.value,
                                "",
                                certain(episode.plausibility),
                                "imagined",
                                {part.from}});
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
        out.findings.push_back(memory_found(group, each.ordinal, each.id, certain(each.vividness)));
      ++group;
    }
    out.measures.emplace_back("considered", static_cast<double>(found.considered));
    return out;
  }
  base::result<query_answer> operator()(const consolidate_query&) const {
    return {base::errc::invalid_argument, "CONSOLIDATE is not a question"};
  }
  base::result<query_answer> operator()(const concepts_query&) const {
    return {base::errc::invalid_argument, "CONCEPTS is not answered from memories alone"};
  }
};

} // namespace

base::result<query_answer> answer_query(const snapshot& on, const recall_setting& setting,
                                        const space_config& of, const asked_query& asked,
                                        const episode_reader& read) {
  const auto parsed = parse_query(asked.text);
  if (const auto* why = std::get_if<query_error>(&parsed)) return refusal(*why);
  const auto& statement = std::get<query_statement>(parsed);
  const auto bound = bind_query(statement, asked.parameters, asked.now);
  if (const auto* why = std::get_if<query_error>(&bound)) return refusal(*why);
  const auto& made = std::get<bound_query>(bound);
  for (const std::string& space : made.spaces)
    if (space != of.name)
      return {base::errc::invalid_argument, "IN SPACE " + space + ": this is " + of.name};
  TRY_ASSIGN(auto out, std::visit(answering{on, setting, read, of.dimension}, made.question));
  out.verb = rule_of(statement.verb).word;
  return out;
}

} // namespace engram::memory

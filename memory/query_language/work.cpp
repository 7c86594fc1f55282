#include "memory/query_language/work.hpp"

#include "memory/concepts/blended.hpp"
#include "memory/confidence.hpp"
#include "memory/query_language/answer.hpp"
#include "memory/verbs/dream.hpp"
#include "memory/verbs/revisions.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

constexpr std::size_t CITED_MAX = 8;

/// Of the concept's members, the first few in an order that is the same everywhere.
std::vector<std::string> cited_by(const snapshot& on, const concept_record& by) {
  auto all = cited(by);
  std::erase_if(all, [&](std::uint32_t ordinal) { return !on.visible(ordinal); });
  std::sort(all.begin(), all.end(),
            [&](std::uint32_t a, std::uint32_t b) { return on.before(a, b); });
  if (all.size() > CITED_MAX) all.resize(CITED_MAX);
  std::vector<std::string> out;
  for (const std::uint32_t ordinal : all) out.emplace_back(on.id(ordinal));
  return out;
}

finding concept_found(const snapshot& on, const blended_item& item) {
  finding made;
  made.field = "concept";
  made.value = item.what->name.value.hex();
  made.confidence = certain(item.what->strength / 65536.0);
  made.source = "reconstructed";
  made.because = cited_by(on, *item.what);
  made.measures = {{"score", item.score.to_double()},
                   {"coherence", item.what->coherence / 65536.0},
                   {"members", item.what->members}};
  return made;
}

finding memory_named(const snapshot& on, const std::string& id, const episode_reader& read) {
  finding made;
  made.field = "memory";
  made.value = id;
  made.confidence = certain(1);
  for (const std::uint32_t ordinal : on.find_id(id)) {
    made.what = read(ordinal);
    if (made.what) break;
  }
  return made;
}

} // namespace

query_answer answer_blended(const snapshot& on, const recall_setting& setting,
                            const concept_set& concepts, const blended_query& asked,
                            const episode_reader& read) {
  recall_query explained = asked.episodes;
  explained.explain = true; // who carries its own evidence shows in the shares
  const recall_answer episodes = recall(on, setting, explained);
  const auto known =
      recall_concepts(concepts, setting.words, asked.episodes.cue, asked.episodes.limit);
  query_answer out;
  for (const blended_item& item : blend(episodes, known, asked.episodes.limit)) {
    if (item.group == recall_group::reconstructed) {
      out.findings.push_back(concept_found(on, item));
      continue;
    }
    const hit& h = episodes.hits[item.hit];
    finding made = finding_of(h, read(h.ordinal));
    made.source = item.group == recall_group::vivid ? "vivid" : "associated";
    made.measures.front().second = item.score.to_double();
    if (!asked.episodes.explain) made.why.reset();
    out.findings.push_back(std::move(made));
  }
  out.measures = {{"considered", static_cast<double>(episodes.considered)},
                  {"concepts", static_cast<double>(known.size())}};
  return out;
}

query_answer answer_dream(const snapshot& on, const recall_setting& setting,
                          const dream_query& asked, const episode_reader& read,
                          const dream_listener& hears) {
  dream_answer found = dream(on, setting, asked, hears);
  query_answer out;
  std::uint32_t group = 0;
  double gain = 0;
  for (const dream_replay& replay : found.replays) {
    for (const std::string& id : replay.ids) {
      finding made = memory_named(on, id, read);
      made.group = group;
      made.source = "replayed";
      if (&id == &replay.ids.front())
        made.measures = {{"gain", replay.gain}, {"novelty", replay.novelty}};
      out.findings.push_back(std::move(made));
    }
    gain += replay.gain;
    ++group;
  }
  for (const operation& each : found.operations) {
    const auto* linked = std::get_if<associate_op>(&each);
    if (!linked) continue;
    finding made;
    made.group = group;
    made.field = "association";
    made.value = linked->what.target;
    made.confidence = certain(1);
    made.source = linked->what.kind;
    made.because = {linked->what.source};
    made.measures = {{"weight", linked->what.weight}};
    out.findings.push_back(std::move(made));
  }
  if (found.replays.empty()) out.verdict = "nothing to gain";
  out.measures = {{"replays", static_cast<double>(found.replays.size())},
                  {"linked", found.linked},
                  {"gain", gain}};
  out.operations = std::move(found.operations);
  return out;
}

base::result<query_answer> answer_revise(const snapshot& on, const recall_setting& setting,
                                         const revise_query& asked, const episode_reader& read) {
  TRY_ASSIGN(revised found, revise(on, setting, asked, read));
  query_answer out;
  out.verdict = found.known           ? "already known"
                : found.what.replaces ? "replaces " + asked.of
                                      : "stands beside " + asked.of;
  finding made;
  made.field = "memory";
  made.value = found.id;
  made.confidence = certain(found.what.confidence);
  made.source = "revised";
  made.because = {asked.of};
  made.measures = {{"plasticity", found.what.plasticity},
                   {"extent", found.what.extent},
                   {"replaces", found.what.replaces ? 1.0 : 0.0}};
  for (const operation& each : found.what.operations)
    if (const auto* remembered = std::get_if<remember_op>(&each))
      made.what = std::make_shared<const episode>(remembered->what);
  if (found.known) made.what = memory_named(on, found.id, read).what;
  out.findings.push_back(std::move(made));
  out.operations = std::move(found.what.operations);
  return out;
}

query_answer answer_revisions(const snapshot& on, const revisions_query& asked,
                              const episode_reader& read) {
  query_answer out;
  double hidden = 0;
  for (const listed_revision& each : revisions(on, asked, read)) {
    finding made;
    made.field = "memory";
    made.value = each.id;
    made.what = read(each.ordinal);
    made.confidence = certain(made.what ? made.what->confidence : 0);
    made.source = each.revises.empty() ? "original" : "revision";
    made.because = each.revises;
    made.measures = {{"hidden", each.hidden ? 1.0 : 0.0}};
    hidden += each.hidden;
    out.findings.push_back(std::move(made));
  }
  if (out.findings.size() == 1) out.verdict = "never revised";
  out.measures = {{"versions", static_cast<double>(out.findings.size())}, {"hidden", hidden}};
  return out;
}

} // namespace engram::memory

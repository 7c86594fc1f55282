#include "actors/events/mechanisms.hpp"

#include <algorithm>
#include <array>

namespace engram::actors {

namespace {

constexpr std::array KINDS{event_kind::faded,     event_kind::primed,    event_kind::interfered,
                           event_kind::evoked,    event_kind::blended,   event_kind::recognized,
                           event_kind::completed, event_kind::predicted, event_kind::imagined};
constexpr std::size_t ids_shown = 64;
constexpr double HALF = 0.5;

event made(std::string_view kind, base::instant at) {
  event out;
  out.kind = kind;
  out.at = at;
  return out;
}

double primed_by(const memory::explanation& why) {
  for (const auto& [name, factor] : why.factors)
    if (name == "primed") return factor;
  return 1;
}

bool is_evoked(const memory::explanation& why) {
  const auto silent = [](const memory::cue_share& share) { return share.first_hand <= 0; };
  return !why.cues.empty() && std::all_of(why.cues.begin(), why.cues.end(), silent);
}

/// Adds `next` unless it is about nothing; its measure is that of its first memory.
void add(std::vector<event>& to, event next) {
  if (next.ids.empty()) return;
  if (next.ids.size() > ids_shown) next.ids.resize(ids_shown);
  to.push_back(std::move(next));
}

/// A hit as an event of `kind` names it.
void name(event& in, const memory::hit& found, std::string_view measure, double value) {
  if (in.ids.empty()) in.measures.emplace_back(measure, value);
  in.ids.push_back(found.id);
}

std::string_view kind_of(std::string_view verb) {
  if (verb == "RECOGNIZE") return event_kind::recognized;
  if (verb == "COMPLETE") return event_kind::completed;
  if (verb == "PREDICT") return event_kind::predicted;
  if (verb == "IMAGINE") return event_kind::imagined;
  if (verb == "RECALL") return event_kind::blended;
  return {};
}

} // namespace

std::span<const std::string_view> answer_kinds() { return KINDS; }

bool wants_answers(const watch_request& asked) {
  return asked.kinds.empty() ||
         std::any_of(asked.kinds.begin(), asked.kinds.end(), [](const std::string& kind) {
           return std::find(KINDS.begin(), KINDS.end(), kind) != KINDS.end();
         });
}

std::vector<event> events_of(const memory::recall_answer& explained, base::instant at) {
  auto faded = made(event_kind::faded, at), primed = made(event_kind::primed, at),
       interfered = made(event_kind::interfered, at), evoked = made(event_kind::evoked, at);
  for (const auto& found : explained.hits) {
    if (!found.why) continue;
    const auto& why = *found.why;
    if (why.retention < HALF) name(faded, found, "retention", why.retention);
    if (const double factor = primed_by(why); factor > 1) name(primed, found, "factor", factor);
    // The first is what is taken for the answer: what the others lose to each other is of no
    // moment.
    const bool first = &found == &explained.hits.front();
    if (why.distinctness < HALF && (first || !interfered.ids.empty()))
      name(interfered, found, "distinctness", why.distinctness);
    if (is_evoked(why)) name(evoked, found, "activation", found.activation.to_double());
  }
  std::vector<event> out;
  for (auto* each : {&faded, &primed, &interfered, &evoked}) add(out, std::move(*each));
  return out;
}

std::vector<event> events_of(const memory::query_answer& given, base::instant at) {
  const auto kind = kind_of(given.verb);
  if (kind.empty() || given.findings.empty()) return {};
  auto out = made(kind, at);
  std::string before;
  for (const auto& found : given.findings) {
    const bool is_hit = found.field == "memory";
    if (is_hit) out.ids.push_back(found.value);
    out.ids.insert(out.ids.end(), found.because.begin(), found.because.end());
    if (is_hit || found.field == before)
      continue; // alternatives follow the value they stand beside
    before = found.field;
    out.detail += (out.detail.empty() ? "" : " ") + found.field;
    out.measures.emplace_back(found.field, found.confidence.point);
  }
  std::sort(out.ids.begin(), out.ids.end());
  out.ids.erase(std::unique(out.ids.begin(), out.ids.end()), out.ids.end());
  if (out.ids.size() > ids_shown) out.ids.resize(ids_shown);
  return {std::move(out)};
}

} // namespace engram::actors

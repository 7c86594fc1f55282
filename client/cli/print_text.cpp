#include "client/cli/print.hpp"
#include "client/cli/words.hpp"

#include <algorithm>
#include <ostream>

namespace engram::client {

namespace {

constexpr std::size_t TEXT_WIDTH = 160, SHARES_SHOWN = 4;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

/// "Caroline · 8 May 2023 13:56 (3 years ago) · session 1"
std::string circumstances(const episode& what, const shell& to) {
  std::string made;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) made.append(made.empty() ? "" : " · ").append(part);
  };
  add(what.speaker);
  for (const std::string& person : what.who)
    if (person != what.speaker) add(person);
  if (what.when) add(day_text(*what.when) + " (" + ago_text(*what.when, to.now()) + ")");
  add(what.place);
  add(what.session);
  for (const std::string& tag : what.tags) add("#" + tag);
  return made;
}

} // namespace

void print_episode(const episode& what, const shell& to) {
  const std::string around = circumstances(what, to);
  std::string text = what.text;
  if (!what.title.empty() && text.compare(0, what.title.size(), what.title) != 0)
    text.insert(0, what.title + ": ");
  if (!text.empty()) to.out() << "     " << shortened(text, TEXT_WIDTH) << '\n';
  if (!around.empty()) to.out() << "     " << to.styled(style::dim, around) << '\n';
}

void print_why(const explanation& why, const shell& to) {
  std::string cues, associations, factors;
  for (std::size_t i = 0; i < std::min(SHARES_SHOWN, why.cues.size()); ++i) {
    const cue_share& share = why.cues[i];
    cues.append(i == 0 ? "" : ", ").append(share.cue);
    cues.append(" " + fixed_text(share.first_hand, 2));
    if (share.by_association > 0) cues.append(" + " + fixed_text(share.by_association, 2));
  }
  for (std::size_t i = 0; i < std::min(SHARES_SHOWN, why.associations.size()); ++i) {
    const association_share& share = why.associations[i];
    associations.append(i == 0 ? "" : ", ").append(share.from + " " + share.kind);
    if (!share.detail.empty()) associations.append(" \"" + share.detail + "\"");
    associations.append(" " + fixed_text(share.amount, 2));
  }
  for (const auto& [name, value] : why.factors)
    factors.append(factors.empty() ? "" : ", ").append(name + " x" + fixed_text(value, 2));
  if (!cues.empty()) to.out() << "     cues (own + by association): " << cues << '\n';
  if (!associations.empty()) to.out() << "     brought up by: " << associations << '\n';
  if (!factors.empty()) to.out() << "     factors: " << factors << '\n';
  if (why.retention < 0.995)
    to.out() << "     remembered to " << fixed_text(why.retention * 100, 0) << " %\n";
  if (why.distinctness < 0.995)
    to.out() << "     told apart from the others to " << fixed_text(why.distinctness * 100, 0)
             << " %\n";
}

void print_path(const std::vector<spread_step>& path, const shell& to) {
  std::string line;
  for (const spread_step& step : path)
    line.append(line.empty() ? step.from : "").append(" -" + step.kind + "-> " + step.to);
  if (!line.empty()) to.out() << "     " << to.styled(style::dim, line) << '\n';
}

namespace {

/// "not seen: notes (deadline_exceeded: ...)", a line each.
void print_missing(const coverage& seen, const shell& to) {
  for (const missing_space& space : seen.missing_spaces) {
    to.out() << to.styled(style::warn, "not seen: " + space.name) << " (" << space.why.message()
             << ")\n";
    if (space.known) to.out() << "  it knows about this: " << knowledge_text(*space.known) << '\n';
  }
}

} // namespace

void print_footer(const std::string& first, const coverage& seen, std::uint64_t took_us,
                  const shell& to) {
  to.out() << to.styled(style::dim,
                        first + " in " + micros_text(took_us) + " · " + coverage_text(seen))
           << '\n';
  print_missing(seen, to);
}

std::string knowledge_text(const knowledge& known) {
  std::string out = fixed_text(known.match.point, 2);
  if (known.match.high > known.match.point) out.append(" to " + fixed_text(known.match.high, 2));
  out.append(", " + plural(known.concepts, "concept", "concepts") + " of " +
             count_text(known.members) + " among " + plural(known.memories, "memory", "memories"));
  if (known.first && known.last)
    out.append(", " + day_text(*known.first) + " to " + day_text(*known.last));
  return out;
}

std::string coverage_text(const coverage& seen) {
  const bool whole = seen.spaces_answered == seen.spaces_asked && seen.damaged == 0;
  std::string text = whole ? "coverage complete: " : "COVERAGE INCOMPLETE: ";
  if (seen.spaces_asked > 1)
    text.append(count_text(seen.spaces_answered) + " of " +
                plural(seen.spaces_asked, "space", "spaces") + ", ");
  text.append(count_text(seen.replicas_answered) + " of " +
              plural(seen.replicas_asked, "replica", "replicas") + ", ");
  text.append(plural(seen.memories, "memory", "memories"));
  if (seen.damaged > 0) text.append(", " + count_text(seen.damaged) + " damaged and left out");
  if (seen.stale_ms >= coverage::never_compared_ms) {
    text.append(", not compared with other replicas since it was opened");
  } else if (seen.stale_ms > 0) {
    const auto lag = static_cast<std::int64_t>(std::min<std::uint64_t>(seen.stale_ms, INT64_MAX));
    text.append(", behind by " + duration_text(base::duration{lag}));
  }
  if (seen.lagging > 0) text.append(", " + count_text(seen.lagging) + " newer entries not seen");
  if (seen.missing.high > 0)
    text.append(", " + fixed_text(seen.missing.low * 100, 0) + " to " +
                fixed_text(seen.missing.high * 100, 0) + " % of the best may be missing");
  return text;
}

void print_answer(const recall_answer& answer, const shell& to) {
  std::size_t rank = 0;
  for (const hit& found : answer.hits) {
    const interval& sure = found.confidence;
    const std::string name = (found.space.empty() ? "" : found.space + "/") + found.what.id;
    to.out() << padded(std::to_string(++rank), 3) << "  " << to.styled(style::bold, name) << "  "
             << to.styled(style::good, fixed_text(found.score, 2)) << "  "
             << to.styled(style::dim, "sure " + fixed_text(sure.point, 2) + " [" +
                                          fixed_text(sure.low, 2) + ", " +
                                          fixed_text(sure.high, 2) + "]")
             << '\n';
    print_episode(found.what, to);
    if (found.why) print_why(*found.why, to);
  }
  if (answer.hits.empty()) to.out() << "Nothing comes to mind.\n";
  print_footer(count_text(answer.hits.size()) + " of " + count_text(answer.considered) +
                   " activated",
               answer.coverage, answer.took_us, to);
}

void print_answer(const spread_answer& answer, const shell& to) {
  std::size_t rank = 0;
  for (const activated& found : answer.memories) {
    to.out() << padded(std::to_string(++rank), 3) << "  " << to.styled(style::bold, found.what.id)
             << "  " << to.styled(style::good, fixed_text(found.activation, 3)) << '\n';
    print_episode(found.what, to);
    print_path(found.path, to);
  }
  if (answer.memories.empty()) to.out() << "Nothing is activated.\n";
  print_footer(plural(answer.memories.size(), "memory", "memories") + " in " +
                   plural(answer.rounds, "round", "rounds"),
               answer.coverage, answer.took_us, to);
}

void print_record(const memory_record& record, const shell& to) {
  to.out() << to.styled(style::bold, record.what.id);
  if (!record.what.title.empty()) to.out() << "  " << record.what.title;
  if (record.suppressed) to.out() << "  " << to.styled(style::warn, "suppressed");
  to.out() << "\n  " << record.what.text << '\n';
  if (const std::string around = circumstances(record.what, to); !around.empty())
    to.out() << "  " << to.styled(style::dim, around) << '\n';
  to.out() << "  "
           << to.styled(style::dim,
                        "stored " + ago_text(record.stored_at, to.now()) + ", recalled " +
                            plural(record.access_count, "time", "times") + ", remembered to " +
                            fixed_text(record.retention * 100, 0) + " %")
           << '\n';
  for (const association& each : record.associations)
    to.out() << "  -" << each.kind << "-> " << each.target << "  " << fixed_text(each.weight, 2)
             << '\n';
}

} // namespace engram::client

#include "memory/verbs/reminisce.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

constexpr double LONG_GAP = 4; // times the median gap

/// Whether a new chapter begins between the two.
bool parted(const snapshot& on, const told_memory& a, const told_memory& b, double usual_ms) {
  if (on.facts(a.ordinal).session != on.facts(b.ordinal).session) return true;
  if (a.when.has_value() != b.when.has_value()) return true;
  if (!a.when) return false;
  return static_cast<double>(b.when->ms) - static_cast<double>(a.when->ms) > LONG_GAP * usual_ms;
}

/// Median of the gaps inside sessions.
double usual_gap(const snapshot& on, const std::vector<told_memory>& told) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < told.size(); ++i) {
    const told_memory &a = told[i - 1], &b = told[i];
    if (a.when && b.when && on.facts(a.ordinal).session == on.facts(b.ordinal).session)
      gaps.push_back(static_cast<double>(b.when->ms) - static_cast<double>(a.when->ms));
  }
  if (gaps.empty()) return 0;
  std::sort(gaps.begin(), gaps.end());
  return gaps[gaps.size() / 2];
}

recall_query question_of(const reminisce_query& query) {
  recall_query asked;
  asked.cue.text = query.topic;
  asked.cue.who = query.who;
  asked.cue.place = query.place;
  asked.cue.from = query.from;
  asked.cue.until = query.until;
  asked.limit = query.limit;
  asked.explain = true;
  asked.now = query.now;
  return asked;
}

} // namespace

reminisce_answer reminisce(const snapshot& on, const recall_setting& setting,
                           const reminisce_query& query) {
  const recall_answer found = recall(on, setting, question_of(query));
  std::vector<told_memory> told;
  for (const hit& h : found.hits) {
    const document& d = on.facts(h.ordinal);
    told_memory made{h.ordinal, h.id, std::nullopt, h.activation,
                     h.confidence.point * (h.why ? h.why->retention : 1)};
    if (d.has_when) made.when = base::instant{d.when_ms};
    told.push_back(std::move(made));
  }
  std::sort(told.begin(), told.end(), [&](const told_memory& a, const told_memory& b) {
    return on.earlier(a.ordinal, b.ordinal);
  });
  reminisce_answer answer;
  answer.considered = found.considered;
  const double usual = usual_gap(on, told);
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (i == 0 || parted(on, told[i - 1], told[i], usual)) answer.chapters.emplace_back();
    answer.chapters.back().memories.push_back(told[i]);
  }
  return answer;
}

} // namespace engram::memory

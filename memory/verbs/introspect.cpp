#include "memory/verbs/introspect.hpp"

#include "memory/recall/ranking.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace engram::memory {

namespace {

struct session_count {
  std::uint32_t members = 0;
  std::uint32_t first = snapshot::none; // in the order of ranks
};

double mean(base::q32 sum, std::uint64_t count) {
  return count == 0 ? 0 : sum.to_double() / static_cast<double>(count);
}

/// Dates, with the memory that has the earliest and the latest; ties in the order of ranks.
void look_at_time(const snapshot& on, std::uint32_t ordinal,
                  std::pair<std::uint32_t, std::uint32_t>& ends) {
  const auto earlier = [&](std::uint32_t a, std::uint32_t b) {
    const auto at = on.facts(a).when_ms, bt = on.facts(b).when_ms;
    return at != bt ? at < bt : on.before(a, b);
  };
  if (ends.first == snapshot::none || earlier(ordinal, ends.first)) ends.first = ordinal;
  if (ends.second == snapshot::none || earlier(ends.second, ordinal)) ends.second = ordinal;
}

std::vector<large_session> largest_of(const snapshot& on,
                                      const std::map<std::uint64_t, session_count>& counts,
                                      std::uint32_t limit, const episode_reader& read) {
  std::vector<session_count> all;
  for (const auto& [key, count] : counts) all.push_back(count);
  std::stable_sort(all.begin(), all.end(), [](const session_count& a, const session_count& b) {
    return a.members > b.members; // ties by key, which is a hash of the name
  });
  all.resize(std::min<std::size_t>(all.size(), limit));
  std::vector<large_session> out;
  for (const auto& each : all) {
    const auto what = read(each.first);
    out.push_back(
        {what ? what->session : std::string(), each.members, std::string(on.id(each.first))});
  }
  return out;
}

} // namespace

introspect_answer introspect(const snapshot& on, const recall_setting& setting,
                             const introspect_query& query, const episode_reader& read) {
  introspect_answer out;
  std::map<std::uint64_t, session_count> sessions;
  std::pair ends{snapshot::none, snapshot::none};
  base::q32 retained, sure;
  for (std::uint32_t ordinal = 0; ordinal < on.size(); ++ordinal) {
    if (!on.visible(ordinal)) {
      ++out.hidden;
      continue;
    }
    ++out.memories;
    const document& facts = on.facts(ordinal);
    retained += base::q32::from(retention_of(on, setting.decay, ordinal, query.now));
    sure += base::q32::from(facts.confidence / 65535.0);
    if (on.access(ordinal) != nullptr) ++out.recalled;
    if (on.embedding_of(ordinal)) ++out.embedded;
    if (facts.has_when) {
      ++out.dated;
      look_at_time(on, ordinal, ends);
    }
    if (facts.session == 0) continue;
    auto& session = sessions[facts.session];
    ++session.members;
    if (session.first == snapshot::none || on.before(ordinal, session.first))
      session.first = ordinal;
  }
  out.retention = mean(retained, out.memories);
  out.confidence = mean(sure, out.memories);
  out.sessions = sessions.size();
  out.largest = largest_of(on, sessions, query.limit, read);
  if (out.dated == 0) return out;
  out.first = base::instant{on.facts(ends.first).when_ms};
  out.last = base::instant{on.facts(ends.second).when_ms};
  out.first_id = on.id(ends.first);
  out.last_id = on.id(ends.second);
  return out;
}

} // namespace engram::memory

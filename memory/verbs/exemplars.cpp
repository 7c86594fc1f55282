#include "memory/verbs/exemplars.hpp"

#include "base/math.hpp"
#include "memory/index/keys.hpp"
#include "memory/recall/cues.hpp"
#include "memory/recall/evidence.hpp"
#include "memory/recall/nearest.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace engram::memory {
namespace {

using base::q32;

constexpr std::size_t CANDIDATES_PER_ANSWER = 4; // that are weighed in full
constexpr double LACKING = 1.0;                  // what the probe has and the memory lacks
constexpr double MORE = 0.15;                    // what the memory has besides

double weight_of(double idf, double uses) { return idf * uses / (uses + 1); }

/// What the probe and each memory have in common.
void add_common(const snapshot& on, double idf, const term_use& use, evidence_table& table) {
  for (const auto& s : on.segments()) {
    const posting_list list = s->find(use.key);
    for (std::size_t i = 0; i < list.locals.size(); ++i) {
      const std::uint32_t ordinal = s->first + list.locals[i];
      if (on.visible(ordinal))
        table.first_hand(table.slot(ordinal))[0] +=
            q32::from(weight_of(idf, std::min(use.weight, list.weights[i])));
    }
  }
}

std::uint16_t uses_in(const segment& s, std::uint32_t term, std::uint32_t local) {
  const posting_list list = s.postings(term);
  const auto at = std::lower_bound(list.locals.begin(), list.locals.end(), local);
  return list.weights[at - list.locals.begin()];
}

double weight_of_all(const snapshot& on, std::uint32_t ordinal) {
  const segment& s = on.segment_of(ordinal);
  q32 sum;
  for (const std::uint32_t term : s.terms_of(ordinal - s.first)) {
    const std::uint16_t uses = uses_in(s, term, ordinal - s.first);
    if (uses == 0) continue; // a label
    sum += q32::from(weight_of(
        inverse_frequency(on.visible_count(), on.frequency_of(s.global_terms[term])), uses));
  }
  return sum.to_double();
}

using likeness = std::map<std::uint32_t, double>; // by ordinal

likeness like_in_words(const snapshot& on, const analysed& probe, std::size_t limit) {
  evidence_table table(on.size(), 1);
  q32 asked;
  for (const term_use& use : probe.terms) {
    if (use.weight == 0) continue;
    const double idf = inverse_frequency(on.visible_count(), on.frequency(use.key));
    asked += q32::from(weight_of(idf, use.weight));
    add_common(on, idf, use, table);
  }
  std::vector<std::uint32_t> slots(table.size());
  for (std::uint32_t slot = 0; slot < table.size(); ++slot) slots[slot] = slot;
  const std::size_t kept = std::min(slots.size(), limit * CANDIDATES_PER_ANSWER);
  std::partial_sort(slots.begin(), slots.begin() + static_cast<std::ptrdiff_t>(kept), slots.end(),
                    [&](std::uint32_t a, std::uint32_t b) {
                      return table.own(a) != table.own(b)
                                 ? table.own(a) > table.own(b)
                                 : on.before(table.ordinal(a), table.ordinal(b));
                    });
  likeness found;
  for (std::size_t i = 0; i < kept; ++i) {
    const std::uint32_t ordinal = table.ordinal(slots[i]);
    const double common = table.own(slots[i]).to_double();
    const double lacking = std::max(0.0, asked.to_double() - common);
    const double more = std::max(0.0, weight_of_all(on, ordinal) - common);
    if (common > 0) found[ordinal] = common / (common + LACKING * lacking + MORE * more);
  }
  return found;
}

void like_in_meaning(const snapshot& on, const embedding& probe, std::size_t limit,
                     likeness& found) {
  for (const vector_hit& hit : nearest(on, probe, limit)) {
    const double cosine = std::min(1.0, hit.cosine.to_double());
    if (cosine > 0) found[hit.ordinal] = std::max(found[hit.ordinal], cosine);
  }
}

std::vector<std::uint32_t> with_value(const snapshot& on, const stream_query& query) {
  std::vector<std::uint32_t> found;
  if (query.field == episode_field::session) {
    on.session_members(query.key, found);
    return found;
  }
  for (const auto& s : on.segments())
    for (const std::uint32_t local : s->find(query.key).locals)
      if (on.visible(s->first + local)) found.push_back(s->first + local);
  return found;
}

/// Differences of extreme instants do not fit 64 bits.
double distance(std::int64_t a, std::int64_t b) {
  return std::abs(static_cast<double>(a) - static_cast<double>(b));
}

} // namespace

std::vector<exemplar> most_similar(const snapshot& on, const analyser& words, const episode& probe,
                                   std::size_t limit) {
  likeness found = like_in_words(on, words.analyse(probe), limit);
  if (probe.embedding) like_in_meaning(on, *probe.embedding, limit, found);
  std::vector<exemplar> best;
  for (const auto& [ordinal, similarity] : found)
    if (q32::from(similarity).raw > 0) best.push_back({ordinal, similarity});
  std::sort(best.begin(), best.end(), [&](const exemplar& a, const exemplar& b) {
    return a.similarity != b.similarity ? a.similarity > b.similarity
                                        : on.before(a.ordinal, b.ordinal);
  });
  if (best.size() > limit) best.resize(limit);
  return best;
}

std::uint64_t value_key(const analyser& words, episode_field field, const std::string& value) {
  episode bearer;
  switch (field) {
  case episode_field::who:
  case episode_field::speaker:
    bearer.who = {value};
    break;
  case episode_field::place:
    bearer.place = value;
    break;
  case episode_field::tag:
    return key_of(key_kind::tag, value);
  case episode_field::session:
    bearer.session = value;
    return words.analyse(bearer).session;
  default:
    return 0;
  }
  const analysed made = words.analyse(bearer);
  return made.labels.empty() ? 0 : made.labels.front();
}

std::uint32_t value_frequency(const snapshot& on, episode_field field, std::uint64_t key) {
  if (key == 0) return 0;
  return field == episode_field::session ? on.session_size(key, 1 << 20) : on.frequency(key);
}

std::vector<std::uint32_t> stream_of(const snapshot& on, const stream_query& query) {
  if (query.key == 0) return {};
  std::vector<std::uint32_t> found = with_value(on, query);
  std::erase_if(found, [&](std::uint32_t ordinal) {
    const document& d = on.facts(ordinal);
    return d.has_when && d.when_ms > query.until.ms;
  });
  const auto earlier = [&](std::uint32_t a, std::uint32_t b) { return on.earlier(a, b); };
  if (query.centre) {
    const auto off = [&](std::uint32_t ordinal) {
      const document& d = on.facts(ordinal);
      return d.has_when ? distance(d.when_ms, query.centre->ms) : 1e300;
    };
    std::sort(found.begin(), found.end(), [&](std::uint32_t a, std::uint32_t b) {
      const double x = off(a), y = off(b);
      return x != y ? x < y : on.earlier(b, a);
    });
    if (found.size() > query.limit) found.resize(query.limit);
    return found;
  }
  std::sort(found.begin(), found.end(), earlier);
  if (found.size() > query.limit)
    found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(query.limit));
  return found;
}

std::vector<std::string> values_of(const episode& from, episode_field field) {
  const auto one = [](const std::string& value) {
    return value.empty() ? std::vector<std::string>{} : std::vector<std::string>{value};
  };
  switch (field) {
  case episode_field::what:
    return one(from.text);
  case episode_field::title:
    return one(from.title);
  case episode_field::speaker:
    return one(from.speaker);
  case episode_field::who:
    return from.who.empty() ? one(from.speaker) : from.who;
  case episode_field::place:
    return one(from.place);
  case episode_field::session:
    return one(from.session);
  case episode_field::tag:
    return from.tags;
  case episode_field::when:
    if (from.when) return {base::format_time(*from.when).substr(0, 7)};
    return {};
  }
  return {};
}

} // namespace engram::memory

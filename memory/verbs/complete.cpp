#include "memory/verbs/complete.hpp"

#include "memory/confidence.hpp"
#include "memory/verbs/exemplars.hpp"
#include "memory/verbs/lead.hpp"
#include "memory/verbs/opinion_pool.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace engram::memory {
namespace {

constexpr std::size_t EXEMPLARS = 64; // of each body of evidence
constexpr double LIKENESS = 15;       // weight of a memory with the same words
constexpr double CONTIGUITY = 1;
constexpr double RECENCY = 0.7;
constexpr double SAME_WORDS = 0.85; // likeness from which a memory is the one meant
constexpr std::size_t BECAUSE = 3;

/// A memory and how much it has to say.
struct witness {
  std::uint32_t ordinal;
  double weight;
};
using body = std::vector<witness>;

class completer {
public:
  completer(const snapshot& on, const recall_setting& setting, const complete_query& query,
            const episode_reader& read)
      : on_(on), words_(setting.words), query_(query), read_(read) {}

  complete_answer run() {
    bodies_.push_back(near_in_time());
    bodies_.push_back(alike());
    for (const episode_field field :
         {episode_field::place, episode_field::tag, episode_field::who, episode_field::session})
      for (const std::string& value : values_of(query_.partial, field))
        bodies_.push_back(sharing(field, value));
    bodies_.push_back(beside());
    complete_answer answer;
    for (const episode_field field : wanted()) answer.fields.push_back(complete_field(field));
    return answer;
  }

private:
  std::vector<episode_field> wanted() const {
    if (!query_.wanted.empty()) return query_.wanted;
    std::vector<episode_field> missing;
    for (const episode_field field :
         {episode_field::who, episode_field::place, episode_field::session, episode_field::tag,
          episode_field::when})
      if (values_of(query_.partial, field).empty()) missing.push_back(field);
    return missing;
  }

  body near_in_time() const {
    if (!query_.partial.when) return {};
    const std::int64_t when = query_.partial.when->ms;
    std::vector<std::pair<double, std::uint32_t>> near;
    for (const auto& s : on_.segments()) {
      const auto middle = std::lower_bound(
          s->by_when.begin(), s->by_when.end(), when,
          [&](std::uint32_t l, std::int64_t ms) { return s->documents[l].when_ms < ms; });
      const auto take = [&](std::uint32_t local) {
        if (!on_.visible(s->first + local)) return false;
        near.emplace_back(
            std::abs(static_cast<double>(s->documents[local].when_ms) - static_cast<double>(when)),
            s->first + local);
        return true;
      };
      std::size_t taken = 0;
      for (auto at = middle; at != s->by_when.end() && taken < EXEMPLARS; ++at) taken += take(*at);
      taken = 0;
      for (auto at = middle; at != s->by_when.begin() && taken < EXEMPLARS;) taken += take(*--at);
    }
    std::sort(near.begin(), near.end(), [&](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : on_.before(a.second, b.second);
    });
    if (near.size() > EXEMPLARS) near.resize(EXEMPLARS);
    body made;
    for (const auto& [off, ordinal] : near)
      made.push_back({ordinal, base::pow(static_cast<double>(made.size() + 1), -CONTIGUITY)});
    return made;
  }

  body alike() {
    body made;
    for (const exemplar& e : most_similar(on_, words_, query_.partial, EXEMPLARS)) {
      made.push_back({e.ordinal, LIKENESS * e.similarity * e.similarity * e.similarity});
      if (e.similarity >= SAME_WORDS) same_words_.insert(e.ordinal);
    }
    return made;
  }

  body sharing(episode_field field, const std::string& value) const {
    stream_query wanted{field, value_key(words_, field, value), query_.now, query_.partial.when,
                        EXEMPLARS};
    std::vector<std::uint32_t> found = stream_of(on_, wanted);
    if (!wanted.centre) std::reverse(found.begin(), found.end()); // the newest first
    body made;
    for (const std::uint32_t ordinal : found)
      made.push_back({ordinal, base::pow(static_cast<double>(made.size() + 1), -RECENCY)});
    return made;
  }

  /// The two of its session that stand next to it in time.
  body beside() const {
    if (query_.partial.session.empty() || !query_.partial.when) return {};
    const std::uint64_t key = value_key(words_, episode_field::session, query_.partial.session);
    body made;
    for (const std::uint32_t ordinal :
         stream_of(on_, {episode_field::session, key, query_.now, query_.partial.when, 2}))
      made.push_back({ordinal, 1});
    return made;
  }

  std::shared_ptr<const episode> content(std::uint32_t ordinal) {
    const auto [at, is_new] = contents_.try_emplace(ordinal);
    if (is_new) at->second = read_(ordinal);
    return at->second;
  }
  std::vector<vote> votes_of(const body& witnesses, episode_field field) {
    const auto given = values_of(query_.partial, field);
    std::vector<vote> made;
    for (const witness& w : witnesses) {
      const auto what = content(w.ordinal);
      if (!what) continue;
      std::vector<std::string> values = values_of(*what, field);
      std::erase_if(values, [&](const std::string& v) {
        return std::find(given.begin(), given.end(), v) != given.end();
      });
      for (const std::string& value : values)
        made.push_back({value, w.weight / static_cast<double>(values.size()), w.ordinal});
    }
    return made;
  }

  completed_field complete_field(episode_field field) {
    std::vector<std::vector<vote>> said;
    for (const body& witnesses : bodies_) said.push_back(votes_of(witnesses, field));
    std::set<std::string> named;
    std::vector<std::pair<std::string, std::uint32_t>> known;
    for (const auto& votes : said)
      for (const vote& v : votes)
        if (named.insert(v.value).second)
          known.emplace_back(
              v.value,
              std::max(1u, value_frequency(on_, field, value_key(words_, field, v.value))));
    opinion_pool beliefs(on_.visible_count(), std::move(known));
    for (const auto& votes : said) beliefs.learn(votes);

    completed_field made;
    made.field = field;
    // The next value is looked at even when no alternative is asked for.
    auto guesses = beliefs.best(std::max(2u, 1 + query_.alternatives));
    judge_by_lead(field, guesses);
    if (guesses.size() > 1 + query_.alternatives) guesses.resize(1 + query_.alternatives);
    for (const backoff::guess& g : guesses) {
      completed_value value{
          g.value, wilson(g.probability, 1 + beliefs.evidence()), completion_source::imagined, {}};
      explain(said, value);
      made.values.push_back(std::move(value));
    }
    made.enough_evidence =
        !made.values.empty() && made.values.front().confidence.point >= query_.confidence_min;
    return made;
  }

  void explain(const std::vector<std::vector<vote>>& said, completed_value& value) const {
    std::map<std::uint32_t, base::q32> sums;
    for (const auto& votes : said)
      for (const vote& v : votes)
        if (v.value == value.value) sums[v.ordinal] += base::q32::from(v.weight);
    std::vector<std::pair<std::uint32_t, base::q32>> order(sums.begin(), sums.end());
    std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : on_.before(a.first, b.first);
    });
    if (!order.empty()) value.source = completion_source::reconstructed;
    for (const auto& [ordinal, weight] : order) {
      if (same_words_.contains(ordinal)) value.source = completion_source::recalled;
      if (value.because.size() < BECAUSE) value.because.emplace_back(on_.id(ordinal));
    }
  }

  const snapshot& on_;
  const analyser& words_;
  const complete_query& query_;
  const episode_reader& read_;
  std::vector<body> bodies_; // the least specific first
  std::set<std::uint32_t> same_words_;
  std::map<std::uint32_t, std::shared_ptr<const episode>> contents_;
};

} // namespace

std::string_view to_string(completion_source source) noexcept {
  switch (source) {
  case completion_source::recalled:
    return "recalled";
  case completion_source::reconstructed:
    return "reconstructed";
  case completion_source::imagined:
    return "imagined";
  }
  return "imagined";
}

complete_answer complete(const snapshot& on, const recall_setting& setting,
                         const complete_query& query, const episode_reader& read) {
  return completer(on, setting, query, read).run();
}

} // namespace engram::memory

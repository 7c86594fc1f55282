#include "memory/verbs/predict.hpp"

#include "memory/confidence.hpp"
#include "memory/verbs/backoff.hpp"
#include "memory/verbs/exemplars.hpp"

#include <algorithm>
#include <set>

namespace engram::memory {
namespace {

constexpr std::size_t HISTORY = 256;
constexpr std::size_t ELSEWHERE = 64;
constexpr double RECENCY = 0.7;
constexpr std::size_t BECAUSE = 3;

using votes = std::vector<vote>;

class predictor {
public:
  predictor(const snapshot& on, const recall_setting& setting, const predict_query& query,
            const episode_reader& read)
      : on_(on), words_(setting.words), query_(query), read_(read) {}

  predict_answer run() {
    find_stream();
    for (const std::uint32_t ordinal : stream_) values_.push_back(values(ordinal));
    if (!last().empty()) elsewhere();
    own_values();
    own_successors();
    return conclude();
  }

private:
  bool wants_person() const { return query_.wanted == episode_field::who; }
  std::vector<std::string> values(std::uint32_t ordinal) const {
    const auto what = read_(ordinal);
    return what ? values_of(*what, query_.wanted) : std::vector<std::string>{};
  }
  std::string last() const {
    return values_.empty() || values_.back().empty() ? "" : values_.back().front();
  }

  void find_stream() {
    stream_query wanted{wants_person() ? episode_field::session : episode_field::who, 0, query_.now,
                        std::nullopt, HISTORY};
    const std::string& name = wants_person() ? query_.session : query_.who;
    if (!name.empty()) wanted.key = value_key(words_, wanted.field, name);
    for (const std::string& id : query_.given)
      for (const std::uint32_t ordinal : on_.find_id(id))
        if (wanted.key == 0 && on_.visible(ordinal)) wanted.key = key_of_stream(ordinal);
    stream_ = stream_of(on_, wanted);
  }
  std::uint64_t key_of_stream(std::uint32_t ordinal) const {
    if (wants_person()) return on_.facts(ordinal).session;
    const auto what = read_(ordinal);
    const auto people = what ? values_of(*what, episode_field::who) : std::vector<std::string>{};
    return people.empty() ? 0 : value_key(words_, episode_field::who, people.front());
  }

  static void vote_for(const std::vector<std::string>& values, double weight, std::uint32_t ordinal,
                       votes& to) {
    for (const std::string& value : values)
      to.push_back({value, weight / static_cast<double>(values.size()), ordinal});
  }

  /// What came after the last value in whatever stream it occurred.
  void elsewhere() {
    const stream_query occurrences{query_.wanted, value_key(words_, query_.wanted, last()),
                                   query_.now, std::nullopt, ELSEWHERE};
    votes made;
    for (const std::uint32_t ordinal : stream_of(on_, occurrences)) {
      const std::uint32_t next = after(ordinal);
      if (next != snapshot::none) vote_for(values(next), 1, next, made);
    }
    said_.push_back(std::move(made));
  }
  std::uint32_t after(std::uint32_t ordinal) {
    std::uint32_t next = snapshot::none;
    if (wants_person()) {
      next = on_.around(ordinal).after[0];
    } else if (const std::uint64_t person = key_of_stream(ordinal)) {
      const auto [at, is_new] = streams_.try_emplace(person);
      if (is_new)
        at->second =
            stream_of(on_, {episode_field::who, person, query_.now, std::nullopt, 16 * HISTORY});
      const auto here = std::find(at->second.begin(), at->second.end(), ordinal);
      if (here != at->second.end() && here + 1 != at->second.end()) next = *(here + 1);
    }
    if (next == snapshot::none) return next;
    const document& d = on_.facts(next);
    return d.has_when && d.when_ms > query_.now.ms ? snapshot::none : next;
  }

  void own_values() {
    votes made;
    for (std::size_t i = 0; i < stream_.size(); ++i) {
      const double rank = static_cast<double>(stream_.size() - i);
      vote_for(values_[i], base::pow(rank, -RECENCY), stream_[i], made);
    }
    said_.push_back(std::move(made));
  }
  void own_successors() {
    votes made;
    for (std::size_t i = 0; i + 1 < stream_.size(); ++i)
      if (!last().empty() && !values_[i].empty() && values_[i].front() == last())
        vote_for(values_[i + 1], 1.0 / static_cast<double>(stream_.size() - 1 - i), stream_[i + 1],
                 made);
    said_.push_back(std::move(made));
  }

  predict_answer conclude() const {
    backoff beliefs(on_.visible_count());
    std::set<std::string> known;
    for (const votes& body : said_)
      for (const vote& v : body)
        if (known.insert(v.value).second)
          beliefs.know(v.value, value_frequency(on_, query_.wanted,
                                                value_key(words_, query_.wanted, v.value)));
    for (const votes& body : said_) beliefs.learn(body);
    predict_answer answer;
    for (const backoff::guess& g : beliefs.best(query_.limit))
      answer.values.push_back(
          {g.value, wilson(g.probability, 1 + beliefs.evidence()), because(g.value)});
    answer.unseen = beliefs.unseen();
    answer.history = static_cast<std::uint32_t>(stream_.size());
    answer.enough_evidence = !stream_.empty();
    if (query_.horizon) answer.within = chance_within(*query_.horizon);
    return answer;
  }
  std::vector<std::string> because(const std::string& value) const {
    std::map<std::uint32_t, base::q32> sums;
    for (const votes& body : said_)
      for (const vote& v : body)
        if (v.value == value) sums[v.ordinal] += base::q32::from(v.weight);
    std::vector<std::pair<std::uint32_t, base::q32>> order(sums.begin(), sums.end());
    std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : on_.before(a.first, b.first);
    });
    if (order.size() > BECAUSE) order.resize(BECAUSE);
    std::vector<std::string> ids;
    ids.reserve(order.size());
    for (const auto& [ordinal, weight] : order) ids.emplace_back(on_.id(ordinal));
    return ids;
  }

  /// Of the gaps that were longer than the silence so far, the share that ended within the horizon;
  /// one imagined gap of each kind keeps it from certainty (Laplace).
  double chance_within(base::duration horizon) const {
    double longer = 2, ended = 1;
    std::optional<std::int64_t> before;
    std::vector<double> gaps;
    for (const std::uint32_t ordinal : stream_) {
      const document& d = on_.facts(ordinal);
      if (!d.has_when) continue;
      if (before) gaps.push_back(static_cast<double>(d.when_ms) - static_cast<double>(*before));
      before = d.when_ms;
    }
    const double silence =
        before ? static_cast<double>(query_.now.ms) - static_cast<double>(*before) : 0;
    for (const double gap : gaps) {
      if (gap < silence) continue;
      longer += 1;
      if (gap <= silence + static_cast<double>(horizon.count())) ended += 1;
    }
    return ended / longer;
  }

  const snapshot& on_;
  const analyser& words_;
  const predict_query& query_;
  const episode_reader& read_;
  std::vector<std::uint32_t> stream_; // oldest first
  std::vector<std::vector<std::string>> values_;
  std::map<std::uint64_t, std::vector<std::uint32_t>> streams_; // of persons, by key
  std::vector<votes> said_; // bodies of evidence, the least specific first
};

} // namespace

predict_answer predict(const snapshot& on, const recall_setting& setting,
                       const predict_query& query, const episode_reader& read) {
  return predictor(on, setting, query, read).run();
}

} // namespace engram::memory

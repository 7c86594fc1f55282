// How well the verbs do on this machine's changelogs, which nobody wrote for this: completion of
// fields removed from held-back entries, prediction of entries held back in time, recognition of
// old, damaged and new entries. Prints tables with their baselines; fails when a bar is missed.
//
//   verbs_eval [completions]      (fewer completions for a quick look)

#include "bench/corpus.hpp"
#include "memory/index/index.hpp"
#include "memory/index/keys.hpp"
#include "memory/psychology/plot.hpp"
#include "memory/verbs/complete.hpp"
#include "memory/verbs/exemplars.hpp"
#include "memory/verbs/predict.hpp"
#include "memory/verbs/recognize.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace engram;
using namespace engram::memory;
using entries = std::vector<std::shared_ptr<const episode>>;

class store {
public:
  store() : memories_(config()) {}

  void add(std::shared_ptr<const episode> what) {
    const std::uint32_t ordinal = memories_.size();
    memories_.add(ordinal,
                  {memory_key_of(config().identity, what->id), base::fast_hash128(what->id), what,
                   std::make_shared<const analysed>(words_.analyse(*what)),
                   base::hlc{std::uint64_t{1} << 40}, what->order});
    contents_.push_back(std::move(what));
  }
  std::shared_ptr<const snapshot> view() { return memories_.publish(); }
  recall_setting setting() const { return {words_, {}, {}}; }
  episode_reader reader() const {
    return [this](std::uint32_t ordinal) { return contents_[ordinal]; };
  }

private:
  static space_config config() {
    space_config made;
    made.identity = {{1, 2}};
    return made;
  }
  analyser words_{"english"};
  memory::index memories_;
  entries contents_;
};

/// |stated probability - frequency of being right|, weighted over ten bins.
class calibration {
public:
  void add(double stated, bool right) {
    bin& b = bins_[std::min<std::size_t>(9, static_cast<std::size_t>(stated * 10))];
    b.stated += stated;
    b.right += right;
    b.count += 1;
    count_ += 1;
  }
  /// The bins that say something, for docs/cognition.md.
  void plot(const char* series) const {
    for (const bin& b : bins_)
      if (b.count >= 20)
        psychology::plot("calibration", series, b.stated / b.count, b.right / b.count);
  }
  double error() const {
    double sum = 0;
    for (const bin& b : bins_) sum += std::abs(b.stated - b.right);
    return count_ > 0 ? sum / count_ : 0;
  }

private:
  struct bin {
    double stated = 0, right = 0, count = 0;
  };
  std::array<bin, 10> bins_;
  double count_ = 0;
};

entries load() {
  entries all;
  for (const client::episode& e : bench::changelogs().episodes)
    if (e.when && !e.who.empty())
      all.push_back(std::make_shared<const episode>(bench::engine_episode(e)));
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a->when != b->when ? a->when < b->when : a->id < b->id;
  });
  return all;
}

/// A tenth of the entries; there are ten such folds.
bool held_back(const episode& e, std::uint64_t fold = 0) {
  return base::fast_hash64(e.id, 7) % 10 == fold;
}

/// Takes the field out; what it was. Empty: there was none.
std::string remove(episode& from, episode_field field) {
  std::string was;
  if (field == episode_field::who) was = from.who.front(), from.who.clear();
  if (field == episode_field::session) {
    was = from.session;
    from.session.clear();
    from.title.clear(); // names the package
  }
  if (field == episode_field::tag)
    for (const std::string& tag : from.tags)
      if (tag.starts_with("urgency=")) was = tag;
  std::erase(from.tags, was);
  return was;
}

struct completed {
  double asked = 0, right = 0, base_right = 0;
  calibration sure;
};

/// Fields of one fold's entries, by the rest. Confidence was fitted on the earlier half of time:
/// only the later is asked.
void complete_fold(const entries& all, std::uint64_t fold, std::size_t limit,
                   std::map<episode_field, completed>& to) {
  store known;
  std::map<episode_field, std::map<std::string, int>> counts;
  for (const auto& e : all) {
    if (held_back(*e, fold)) continue;
    known.add(e);
    for (const auto field : {episode_field::who, episode_field::session, episode_field::tag}) {
      episode copy = *e;
      if (const std::string was = remove(copy, field); !was.empty()) ++counts[field][was];
    }
  }
  const auto view = known.view();
  const auto read = known.reader();
  for (const auto field : {episode_field::who, episode_field::session, episode_field::tag}) {
    const auto frequent =
        std::max_element(counts[field].begin(), counts[field].end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    completed& sums = to[field];
    for (std::size_t i = all.size() / 2; i < all.size(); ++i) {
      const episode& e = *all[i];
      if (!held_back(e, fold) || sums.asked >= static_cast<double>(limit)) continue;
      // The weights of evidence were fitted on these.
      if (fold == 0 && base::fast_hash64(e.id, 8) % 3 == 0) continue;
      complete_query query;
      query.partial = e;
      const std::string truth = remove(query.partial, field);
      if (truth.empty()) continue;
      query.wanted = {field};
      query.now = {INT64_MAX};
      const complete_answer answer = complete(*view, known.setting(), query, read);
      const auto& values = answer.fields.front().values;
      const bool hit = !values.empty() && values.front().value == truth;
      sums.asked += 1;
      sums.right += hit;
      sums.base_right += frequent->first == truth;
      if (!values.empty()) sums.sure.add(values.front().confidence.point, hit);
    }
  }
}

bool completion(const entries& all, std::size_t limit) {
  constexpr std::uint64_t folds = 5;
  std::map<episode_field, completed> by_field;
  for (std::uint64_t fold = 0; fold < folds; ++fold) complete_fold(all, fold, limit, by_field);
  std::puts("completion    entries  accuracy  most frequent  calibration error");
  bool passed = true;
  for (const double p : {0.0, 1.0}) psychology::plot("calibration", "as sure as right", p, p);
  for (const auto& [field, sums] : by_field) {
    static constexpr std::array<const char*, 8> names{"", "",        "",        "who",
                                                      "", "package", "urgency", ""};
    std::printf("%-12s %8.0f %9.3f %14.3f %18.3f\n", names[static_cast<std::size_t>(field)],
                sums.asked, sums.right / sums.asked, sums.base_right / sums.asked,
                sums.sure.error());
    sums.sure.plot(names[static_cast<std::size_t>(field)]);
    passed = passed && sums.right >= sums.base_right && sums.sure.error() <= 0.05;
  }
  return passed;
}

/// Witten-Bell over counts, above a prior.
double smoothed(const std::map<std::string, double>& counts, const std::string& value,
                double prior) {
  double total = 0;
  for (const auto& [v, n] : counts) total += n;
  if (total == 0) return prior;
  const double kinds = static_cast<double>(counts.size());
  const auto at = counts.find(value);
  return ((at == counts.end() ? 0 : at->second) + kinds * prior) / (total + kinds);
}

struct rivals {
  std::map<std::string, double> all;
  std::map<std::string, std::map<std::string, double>> after; // by the stream's last value
  std::map<std::string, std::string> last;                    // by stream

  double frequency(const std::string& value) const {
    double total = 0;
    for (const auto& [v, n] : all) total += n;
    const double kinds = static_cast<double>(all.size());
    const auto at = all.find(value);
    return (at == all.end() ? kinds : at->second) / (total + kinds);
  }
  double markov(const std::string& stream, const std::string& value) const {
    const auto before = last.find(stream);
    const auto counts = before == last.end() ? after.end() : after.find(before->second);
    return counts == after.end() ? frequency(value)
                                 : smoothed(counts->second, value, frequency(value));
  }
  void learn(const std::string& stream, const std::string& value) {
    all[value] += 1;
    const auto before = last.find(stream);
    if (before != last.end()) after[before->second][value] += 1;
    last[stream] = value;
  }
};

bool prediction_of(episode_field wanted, const entries& all) {
  store known;
  rivals others;
  const bool person = wanted == episode_field::who;
  double asked = 0, right = 0, loss = 0, frequency_loss = 0, markov_loss = 0;
  calibration sure;
  const std::size_t first = all.size() * 4 / 5;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const episode& e = *all[i];
    const std::string stream = person ? e.session : e.who.front();
    const std::string truth = person ? e.who.front() : e.session;
    if (i >= first) {
      const auto view = known.view();
      predict_query query;
      query.wanted = wanted;
      (person ? query.session : query.who) = stream;
      query.limit = 1000;
      query.now = {e.when->ms};
      const predict_answer answer = predict(*view, known.setting(), query, known.reader());
      double p = 0;
      for (const auto& v : answer.values)
        if (v.value == truth) p = v.probability.point;
      const double count = view->visible_count(), kinds = base::pow(count, 2.0 / 3);
      if (p == 0 && !others.all.contains(truth)) p = answer.unseen;
      if (p == 0) p = answer.unseen / kinds * others.all[truth]; // known, never in this context
      const bool hit = !answer.values.empty() && answer.values.front().value == truth;
      asked += 1;
      right += hit;
      if (!answer.values.empty()) sure.add(answer.values.front().probability.point, hit);
      loss -= std::log(p);
      frequency_loss -= std::log(others.frequency(truth));
      markov_loss -= std::log(others.markov(stream, truth));
    }
    known.add(all[i]);
    others.learn(stream, truth);
  }
  std::printf("%-12s %8.0f %9.3f %9.3f %7.3f %7.3f %18.3f\n", person ? "author" : "package", asked,
              right / asked, frequency_loss / asked, markov_loss / asked, loss / asked,
              sure.error());
  return loss < markov_loss && loss < frequency_loss;
}

bool recognition(const entries& all) {
  store known;
  for (const auto& e : all)
    if (!held_back(*e)) known.add(e);
  const auto view = known.view();
  const auto familiar = [&](const std::string& text) {
    recognize_query query;
    query.probe.text = text;
    return recognize(*view, known.setting(), query).familiarity.point;
  };
  // Every third word gone.
  const auto damaged = [](const std::string& text) {
    std::string kept;
    int word = 0;
    for (const char c : text) {
      if (c == ' ' || c == '\n') ++word;
      if (word % 3 != 2) kept.push_back(c);
    }
    return kept;
  };
  std::vector<double> old_ones, damaged_ones, new_ones;
  for (const auto& e : all) {
    if (held_back(*e))
      new_ones.push_back(familiar(e->text));
    else if (base::fast_hash64(e->id, 9) % 10 == 0) {
      old_ones.push_back(familiar(e->text));
      damaged_ones.push_back(familiar(damaged(e->text)));
    }
  }
  const auto area = [&](const std::vector<double>& met) {
    double wins = 0;
    for (const double a : met)
      for (const double b : new_ones) wins += a > b ? 1 : a == b ? 0.5 : 0;
    return wins / static_cast<double>(met.size() * new_ones.size());
  };
  const auto share = [](const std::vector<double>& of) {
    return static_cast<double>(
               std::count_if(of.begin(), of.end(), [](double x) { return x >= 0.5; })) /
           static_cast<double>(of.size());
  };
  std::printf("recognized: old %.3f, a third of the words gone %.3f, new %.3f; area under ROC "
              "%.3f, %.3f\n",
              share(old_ones), share(damaged_ones), share(new_ones), area(old_ones),
              area(damaged_ones));
  return true;
}

} // namespace

int main(int argc, char** argv) {
  const entries all = load();
  if (all.size() < 1000) {
    std::puts("too few changelogs on this machine");
    return 0;
  }
  std::printf("%zu changelog entries\n", all.size());
  const std::size_t limit = argc > 1 ? std::stoul(argv[1]) : SIZE_MAX;
  bool passed = completion(all, limit);
  std::puts("prediction    entries  accuracy frequency  Markov  Engram  calibration error  "
            "(log-loss in nats)");
  passed = prediction_of(episode_field::who, all) && passed;
  passed = prediction_of(episode_field::session, all) && passed;
  recognition(all);
  return passed ? 0 : 1;
}

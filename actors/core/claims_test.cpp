#include "actors/core/claims.hpp"

#include "actors/core/claims_simulation.hpp"
#include "tests/support/doctest.hpp"

#include <map>

using namespace engram;
using namespace engram::actors;

namespace {

/// What goes wrong with every answer of a pattern.
struct pattern {
  const char* name;
  std::size_t spaces;
  std::uint32_t limit;
  double silent;             // chance of a space to stay silent; at least one does
  double lost_min, lost_max; // share of each space's memories
  bool newest;               // the newest are lost, else any
};

struct tally {
  int asked = 0, held = 0;
  void add(double truth, const memory::interval& claimed) {
    ++asked;
    held += truth > claimed.low - 1e-9 && truth < claimed.high + 1e-9;
  }
  double percent() const { return 100.0 * held / asked; }
};

struct found {
  double score;
  std::string id;
  bool operator<(const found& o) const { return score != o.score ? score > o.score : id < o.id; }
};

/// One set of spaces, whole and as the pattern leaves them.
class trial {
public:
  trial(const pattern& of, base::random& random) : of_(of), random_(random), all_(shape(), random) {
    const double share = of.lost_min + (of.lost_max - of.lost_min) * random.unit();
    for (std::size_t s = 0; s < all_.size(); ++s) {
      const auto count = all_.memories(s).size();
      const auto lost = static_cast<std::size_t>(share * static_cast<double>(count));
      std::set<std::size_t> which;
      for (std::size_t n = 0; which.size() < lost; ++n)
        which.insert(of.newest ? count - 1 - n : random.below(count));
      lost_.push_back(which.size());
      whole_.push_back(all_.without(s, {}));
      left_.push_back(which.empty() ? nullptr : all_.without(s, which));
    }
  }

  void ask(tally& shares, tally& confidences) {
    memory::recall_query query;
    query.cue.text = all_.question(random_);
    query.limit = of_.limit;
    const auto silent = choose_silent();
    std::vector<found> full, here;
    std::vector<sight> sights;
    std::vector<std::pair<std::size_t, memory::recall_answer>> given;
    for (std::size_t s = 0; s < all_.size(); ++s) {
      const auto best = whole_[s]->ask(query);
      for (const auto& hit : best.hits) full.push_back({hit.score.to_double(), hit.id});
      sights.push_back({!silent[s], all_.memories(s).size() - lost_[s], 0, 0, 0, {}});
      if (silent[s]) continue;
      auto& sight = sights.back();
      (of_.newest ? sight.lagging : sight.damaged) = lost_[s];
      const auto got = left_[s] ? left_[s]->ask(query) : best;
      sight.considered = got.considered;
      for (const auto& hit : got.hits) {
        sight.scores.push_back(hit.score.to_double());
        here.push_back({hit.score.to_double(), hit.id});
      }
      if (left_[s]) given.push_back({s, got});
    }
    std::sort(here.begin(), here.end());
    here.resize(std::min<std::size_t>(here.size(), of_.limit));
    for (const auto& [s, got] : given)
      hold_confidences(s, query, got, sights[s], here, confidences);
    shares.add(share_away(full, here), missing_share(sights, of_.limit, base::random(1)));
  }

private:
  made_up_spaces::shape shape() {
    return {of_.spaces, 60 + random_.below(200), 20 + random_.below(150), 6,
            0.2 + 0.5 * random_.unit()};
  }
  std::vector<bool> choose_silent() {
    std::vector<bool> out(all_.size());
    for (std::size_t count = 0; of_.silent > 0 && (count == 0 || count == out.size());) {
      count = 0;
      for (std::size_t s = 0; s < out.size(); ++s) count += out[s] = random_.chance(of_.silent);
    }
    return out;
  }
  double share_away(std::vector<found> full, const std::vector<found>& here) const {
    std::sort(full.begin(), full.end());
    full.resize(std::min<std::size_t>(full.size(), of_.limit));
    std::set<std::string> ids;
    for (const auto& each : here) ids.insert(each.id);
    int away = 0;
    for (const auto& each : full) away += !ids.contains(each.id);
    return full.empty() ? 0 : static_cast<double>(away) / static_cast<double>(full.size());
  }
  void hold_confidences(std::size_t s, memory::recall_query query, const memory::recall_answer& got,
                        const sight& seen, const std::vector<found>& here, tally& into) {
    query.limit = 1000;
    std::map<std::string, double> truth;
    for (const auto& hit : whole_[s]->ask(query).hits) truth[hit.id] = hit.confidence.point;
    for (const auto& hit : got.hits)
      if (const auto at = truth.find(hit.id);
          at != truth.end() && !(here.back() < found{hit.score.to_double(), hit.id}))
        into.add(at->second, confidence_at_full(hit.confidence.point, hit.score.to_double(), seen));
  }

  const pattern of_;
  base::random& random_;
  made_up_spaces all_;
  std::vector<std::size_t> lost_;
  std::vector<std::unique_ptr<memory::test_index>> whole_, left_;
};

constexpr int answers = 1000;
constexpr int answers_per_trial = 20;

} // namespace

TEST_SUITE("claims") {
  TEST_CASE("of nine answers in ten the two intervals hold, whatever is missing") {
    const pattern patterns[] = {
        {"a few of six spaces silent", 6, 10, 0.3, 0, 0, false},
        {"some of twelve spaces silent, top 20", 12, 20, 0.2, 0, 0, false},
        {"a stale replica", 1, 10, 0, 0.03, 0.3, true},
        {"four stale replicas", 4, 10, 0, 0.03, 0.3, true},
        {"damaged memories", 1, 10, 0, 0.03, 0.3, false},
        {"damaged memories in four spaces", 4, 10, 0, 0.03, 0.3, false},
        {"damaged memories, top 50", 1, 50, 0, 0.03, 0.3, false},
        {"spaces silent, the others stale", 5, 10, 0.2, 0.03, 0.3, true},
    };
    for (const auto& each : patterns) {
      base::random random(2026 + each.spaces + each.limit);
      tally shares, confidences;
      for (int t = 0; t < answers / answers_per_trial; ++t) {
        trial one(each, random);
        for (int a = 0; a < answers_per_trial; ++a) one.ask(shares, confidences);
      }
      MESSAGE(each.name << ": missing holds in " << shares.percent() << " % of " << shares.asked
                        << " answers, confidence in "
                        << (confidences.asked ? confidences.percent() : 100) << " % of "
                        << confidences.asked << " hits");
      CHECK_MESSAGE(shares.percent() >= 85, each.name);
      CHECK_MESSAGE(shares.percent() <= 95, each.name);
      if (confidences.asked == 0) continue; // silent spaces change no confidence
      CHECK_MESSAGE(confidences.percent() >= 85, each.name);
      CHECK_MESSAGE(confidences.percent() <= 95, each.name);
    }
  }

  sight random_sight(base::random & random) {
    sight out;
    out.answered = random.chance(0.7);
    out.seen = random.below(500);
    if (random.chance(0.4)) out.lagging = random.below(100);
    if (random.chance(0.4)) out.damaged = random.below(100);
    out.considered = random.below(out.seen + 1);
    for (auto n = std::min<std::uint64_t>(out.considered, random.below(12)); n > 0; --n)
      out.scores.push_back(random.unit() * 5);
    std::sort(out.scores.rbegin(), out.scores.rend());
    return out;
  }

  TEST_CASE("claims are ordered shares of one, and the same for the same sights") {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      CAPTURE(seed);
      base::random random(seed);
      std::vector<sight> sights;
      for (auto n = random.below(6); n > 0; --n) sights.push_back(random_sight(random));
      const auto limit = static_cast<std::uint32_t>(random.below(15));
      const auto a = missing_share(sights, limit, base::random(9));
      const auto b = missing_share(sights, limit, base::random(9));
      CHECK(0 <= a.low);
      CHECK(a.low <= a.point);
      CHECK(a.point <= a.high);
      CHECK(a.high <= 1);
      CHECK(a.low == b.low);
      CHECK(a.point == b.point);
      CHECK(a.high == b.high);
      const double sure = random.unit();
      const auto c = confidence_at_full(sure, 5 * random.unit(), random_sight(random));
      CHECK(0 <= c.low);
      CHECK(c.low <= c.point);
      CHECK(c.point == sure);
      CHECK(c.point <= c.high);
      CHECK(c.high <= 1);
    }
  }

  TEST_CASE("who saw everything claims nothing missing, who saw nothing claims everything") {
    const sight whole{true, 100, 0, 0, 5, {3, 2, 1}};
    sight silent;
    silent.answered = false;
    CHECK(missing_share({whole, whole}, 10, base::random(1)).high == 0);
    CHECK(missing_share({silent}, 10, base::random(1)).low == 1);
    const auto sure = confidence_at_full(0.7, 2, whole);
    CHECK(sure.low == 0.7);
    CHECK(sure.high == 0.7);
  }

  TEST_CASE("who found nothing and lags claims neither that there is nothing nor that there is") {
    const sight empty{true, 1'000, 53, 0, 0, {}};
    const auto missing = missing_share({empty}, 50, base::random(1));
    CHECK(missing.low == 0);
    CHECK(missing.high == 1);
  }

  TEST_CASE("more unseen, wider claims") {
    double before_missing = 0, before_width = 0;
    for (const std::uint64_t lost : {5, 20, 80}) {
      const sight seen{true, 100, 0, lost, 60, {9, 8, 7, 6, 5, 4, 3, 2}};
      const auto missing = missing_share({seen}, 8, base::random(1));
      const auto sure = confidence_at_full(0.7, 7, seen);
      CHECK(missing.high > before_missing);
      CHECK(sure.high - sure.low > before_width);
      before_missing = missing.high;
      before_width = sure.high - sure.low;
    }
  }
}

#include "actors/core/claims.hpp"

#include <algorithm>
#include <cmath>

namespace engram::actors {

namespace {

/// Of imagined answers; a little under 0.9, since shares are of few hits and a whole step is taken.
constexpr double mass = 0.87;
constexpr std::size_t draws_max = 400, draws_min = 64, candidates_max = 1'000'000;

/// What unseen memories do to an answer. Newer ones belong together and find their way in or stay
/// out as a body; damaged ones are spread out, and their neighbours lose evidence.
struct cause {
  double together;            // correlation between two unseen memories of being activated
  double noise, shift;        // of a score and of all a space's scores; relative, for a share of 1
  double lower, lower_weak;   // of the best hit's confidence, and more for weaker ones; as before
  double higher, higher_weak; // likewise
};
constexpr cause newer{0.14, 0.08, 0.1, 0.40, 0.30, 0.07, 0.18};
constexpr cause broken{0.09, 0.22, 0.1, 0.48, 1.6, 0.06, 0.5};

/// A missing space is like one of those that answered, a little better or worse; or, once per
/// `unlike` more spaces, beyond the best or below the least of them by up to `beyond` times.
constexpr double alike = 0.2, unlike = 2, beyond = 5;

struct candidate {
  double score;
  bool here; // in the answer that is given
};

struct outlook {
  double newer = 0, broken = 0; // shares of the space's memories
  double together = 0, noise = 0, shift = 0;
};

outlook outlook_of(const sight& of) {
  outlook out;
  if (of.lagging + of.damaged == 0) return out;
  const auto lag = static_cast<double>(of.lagging), torn = static_cast<double>(of.damaged);
  const double all = static_cast<double>(of.seen) + lag + torn;
  const double a = lag / all, b = torn / all;
  out.newer = a;
  out.broken = b;
  out.together = (newer.together * a + broken.together * b) / (a + b);
  out.noise = std::sqrt(newer.noise * newer.noise * a + broken.noise * broken.noise * b);
  out.shift = std::sqrt(newer.shift * newer.shift * a + broken.shift * broken.shift * b);
  return out;
}

/// Roughly normal, mean 0, variance 1.
double wobble(base::random& random) {
  double sum = 0;
  for (int i = 0; i < 12; ++i) sum += random.unit();
  return sum - 6;
}

/// Between the hits of the list's lower half; those behind its end lie a little closer.
double tail_gap(const std::vector<double>& scores) {
  const auto n = scores.size();
  if (n == 0) return 0;
  return 0.8 * (scores[n / 2] - scores[n - 1]) / static_cast<double>(n - n / 2);
}

/// One way a space may look when all of it is seen. Seen and unseen memories are as likely to be
/// good: an urn says, rank by rank, which comes next, and the more of a kind came the more likely
/// it is (Pólya). Behind the last known hit come others like it.
void imagine(const sight& of, double cut, std::uint32_t limit, base::random& random,
             std::vector<candidate>& out) {
  const auto look = outlook_of(of);
  const auto& scores = of.scores;
  const auto first = out.size();
  auto seen = static_cast<double>(of.considered);
  // Where nothing seen is of the kind that was asked for, all that is unseen may be: nobody can
  // tell.
  const bool is_unlike = of.seen == 0 || (of.considered == 0 && random.chance(0.5));
  double unseen = is_unlike ? static_cast<double>(of.lagging + of.damaged)
                            : seen * (look.newer + look.broken) / (1 - look.newer - look.broken);
  const double more = look.together * (seen + unseen) - 1;
  const double calm = random.unit(), turmoil = 3 * calm * calm; // mostly little changes
  const double scale = 1 + look.shift * wobble(random);
  const double gap = tail_gap(scores);
  double above = scores.empty() ? 1 : scores.front() * 1.2;
  std::size_t next = 0;
  for (std::uint32_t rank = 0; rank < 2 * limit && seen + unseen > 0; ++rank) {
    const bool known = next < scores.size();
    const double below = known ? scores[next] : std::max(0.0, above - gap);
    if (random.unit() * (seen + unseen) < unseen) {
      out.push_back({below + (above - below) * random.unit(), false});
      unseen = std::max(0.0, unseen + more);
      continue;
    }
    if (!known && scores.size() < limit) break; // there are no others
    out.push_back({below * (1 + look.noise * turmoil * wobble(random)), known && below >= cut});
    seen = std::max(1.0, seen + more);
    above = below;
    ++next;
  }
  for (auto i = first; i < out.size(); ++i) out[i].score *= scale;
}

/// One way a space that did not answer may look. Requires: somebody answered.
void imagine_missing(const std::vector<const sight*>& answered, base::random& random,
                     std::vector<candidate>& out) {
  const auto& like = answered[random.below(answered.size())]->scores;
  if (like.empty()) return;
  const auto known = static_cast<double>(answered.size());
  double factor = 1 + alike * wobble(random) / std::sqrt(known);
  if (random.unit() * (known + unlike) < unlike && like.front() > 0) {
    double best = like.front(), least = best;
    for (const auto* one : answered) {
      if (one->scores.empty()) continue;
      best = std::max(best, one->scores.front());
      least = std::min(least, one->scores.front());
    }
    const double by = 1 + (beyond - 1) * random.unit() * random.unit();
    factor = (random.chance(0.5) ? best * by : least / by) / like.front();
  }
  for (const double score : like) out.push_back({score * factor, false});
}

/// So little is unseen that nine answers in ten miss nothing: not worth imagining.
bool negligible(const sight& of, std::uint32_t limit) {
  const auto look = outlook_of(of);
  return of.answered && (look.newer + look.broken) * limit < 0.02;
}

/// The shortest that holds `mass` of them, and their mean as far as it lies within.
memory::interval shortest(std::vector<double> shares) {
  std::sort(shares.begin(), shares.end());
  const auto need = static_cast<std::size_t>(mass * static_cast<double>(shares.size()));
  std::size_t best = 0;
  for (std::size_t i = 0; i + need <= shares.size(); ++i)
    if (shares[i + need - 1] - shares[i] < shares[best + need - 1] - shares[best]) best = i;
  double sum = 0;
  for (const double share : shares) sum += share;
  const double low = shares[best], high = shares[best + need - 1];
  return {low, std::clamp(sum / static_cast<double>(shares.size()), low, high), high};
}

/// The score of the last hit that the answer has room for; 0: it has room for all.
double cut_of(const std::vector<const sight*>& answered, std::uint32_t limit) {
  std::vector<double> all;
  for (const auto* one : answered) all.insert(all.end(), one->scores.begin(), one->scores.end());
  if (all.size() <= limit) return 0;
  const auto last = all.begin() + static_cast<std::ptrdiff_t>(limit) - 1;
  std::nth_element(all.begin(), last, all.end(), std::greater<>());
  return *last;
}

double share_away(std::vector<candidate>& all, std::uint32_t limit) {
  const auto kept = std::min<std::size_t>(limit, all.size());
  if (kept == 0) return 0;
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(kept);
  std::nth_element(all.begin(), end - 1, all.end(),
                   [](const candidate& a, const candidate& b) { return a.score > b.score; });
  const auto away = std::count_if(all.begin(), end, [](const candidate& c) { return !c.here; });
  return static_cast<double>(away) / static_cast<double>(kept);
}

} // namespace

memory::interval missing_share(const std::vector<sight>& spaces, std::uint32_t limit,
                               base::random random) {
  std::vector<const sight*> answered;
  bool nothing = true;
  for (const auto& space : spaces) {
    nothing = nothing && negligible(space, limit);
    if (space.answered) answered.push_back(&space);
  }
  if (nothing || limit == 0) return {};
  if (answered.empty()) return {1, 1, 1};
  const double cut = cut_of(answered, limit);
  const auto draws = std::clamp(candidates_max / (spaces.size() * limit), draws_min, draws_max);
  std::vector<double> shares;
  std::vector<candidate> all;
  for (std::size_t d = 0; d < draws; ++d) {
    all.clear();
    for (const auto& space : spaces) {
      if (!space.answered)
        imagine_missing(answered, random, all);
      else if (!space.whole())
        imagine(space, cut, limit, random, all);
      else
        for (const double score : space.scores) all.push_back({score, score >= cut});
    }
    shares.push_back(share_away(all, limit));
  }
  return shortest(std::move(shares));
}

memory::interval confidence_at_full(double confidence, double score, const sight& of) {
  const double best = of.scores.empty() ? 0 : of.scores.front();
  const double weak = best > 0 ? std::clamp(1 - score / best, 0.0, 1.0) : 1.0;
  const auto look = outlook_of(of);
  const auto spread = [&](double cause::*strong, double cause::*more) {
    return look.newer * (newer.*strong + newer.*more * weak) +
           look.broken * (broken.*strong + broken.*more * weak);
  };
  const double lower = confidence * (1 - spread(&cause::lower, &cause::lower_weak));
  const double higher = confidence * (1 + spread(&cause::higher, &cause::higher_weak));
  return {std::max(0.0, lower), confidence,
          std::clamp(higher, confidence, std::max(1.0, confidence))};
}

} // namespace engram::actors

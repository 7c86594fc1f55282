#include "memory/recall/priming.hpp"

#include "memory/recall/associations.hpp"

#include <algorithm>
#include <map>

namespace engram::memory {
namespace {

using base::q32;

constexpr std::size_t PRIMED_MAX = 10;
constexpr int HOPS = 2;

double seconds_since(const prime& p, base::instant now) {
  return static_cast<double>(now.ms - p.at.ms) / 1000;
}

struct neighbour {
  std::uint32_t ordinal;
  double share; // of the strongest
};

/// The strongest associates; several associations with one count as the strongest of them.
std::vector<neighbour> neighbours(const snapshot& on, const recall_config& config,
                                  base::instant now, std::uint32_t from) {
  std::vector<link> links;
  links_of(on, config, now, from, links);
  std::sort(links.begin(), links.end(), [&](const link& a, const link& b) {
    return a.weight != b.weight ? a.weight > b.weight : on.before(a.target, b.target);
  });
  std::vector<neighbour> out;
  for (const link& l : links) {
    const bool known = std::any_of(out.begin(), out.end(),
                                   [&](const neighbour& n) { return n.ordinal == l.target; });
    if (known || l.weight <= 0) continue;
    out.push_back({l.target, l.weight / links.front().weight});
    if (out.size() == PRIMED_MAX) break;
  }
  return out;
}

} // namespace

primed::primed(const snapshot& on, const recall_config& config, const std::vector<prime>& by,
               base::instant now) {
  std::map<std::uint32_t, q32> sums, repeated;
  for (const prime& p : by) {
    const double age = seconds_since(p, now);
    if (age < 0) continue;
    const double fresh = config.priming * base::exp2(-age / config.priming_half_life_s);
    const double again = config.repetition * base::exp2(-age / config.repetition_half_life_s);
    for (const std::uint32_t from : on.find_id(p.id)) {
      if (!on.visible(from)) continue;
      repeated[from] += q32::from(again);
      std::vector<neighbour> frontier{{from, 1}};
      double hop = fresh;
      for (int i = 0; i < HOPS && q32::from(hop).raw > 0; ++i, hop /= 2) {
        std::vector<neighbour> next;
        for (const neighbour& n : frontier)
          for (const neighbour& to : neighbours(on, config, now, n.ordinal))
            if (to.ordinal != from) next.push_back({to.ordinal, n.share * to.share});
        for (const neighbour& n : next) sums[n.ordinal] += q32::from(hop * n.share);
        frontier = std::move(next);
      }
    }
  }
  for (const auto& [ordinal, sum] : repeated)
    sums[ordinal] += std::min(sum, q32::from(config.repetition_most));
  for (const auto& [ordinal, sum] : sums) {
    const double boost = 1 - base::exp(-sum.to_double());
    boosts_.push_back({ordinal, boost});
    most_ = std::max(most_, boost);
  }
}

double primed::boost(std::uint32_t ordinal) const {
  const auto at = std::lower_bound(boosts_.begin(), boosts_.end(), ordinal,
                                   [](const entry& e, std::uint32_t o) { return e.ordinal < o; });
  return at != boosts_.end() && at->ordinal == ordinal ? at->boost : 0;
}

} // namespace engram::memory

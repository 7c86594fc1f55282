#include "memory/recall/recall.hpp"

#include "memory/confidence.hpp"
#include "memory/recall/explain.hpp"
#include "memory/recall/interference.hpp"
#include "memory/recall/ranking.hpp"
#include "memory/recall/seeds.hpp"
#include "memory/recall/spreading.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

using base::q32;

/// The evidence for one hit as shares of what a memory that answers every cue best would have.
hit_evidence weigh(const snapshot& on, const evidence_table& table, const std::vector<q32>& best,
                   const std::vector<q32>& caps, const ranked& hit, double retention) {
  hit_evidence e;
  e.encoding = on.facts(hit.ordinal).confidence / 65535.0;
  e.retention = retention;
  e.cues = 0;
  double possible = 0, own = 0, heard = 0;
  for (std::size_t c = 0; c < table.channels(); ++c) {
    if (best[c].raw <= 0) continue;
    ++e.cues;
    possible += best[c].to_double();
    const q32 first = table.first_hand(hit.slot)[c];
    const q32 total = united(first, table.heard(hit.slot)[c], caps[c]);
    own += first.to_double();
    heard += total.to_double() - first.to_double();
    if (total.raw > 0) ++e.cues_matched;
  }
  if (e.cues == 0) e.cues = 1;
  if (possible > 0) {
    e.first_hand = std::min(1.0, own / possible);
    e.by_association = std::min(1.0, std::max(0.0, heard / possible));
  }
  return e;
}

std::vector<q32> best_first_hand(const evidence_table& table) {
  std::vector<q32> best(table.channels());
  for (std::uint32_t slot = 0; slot < table.size(); ++slot)
    for (std::size_t c = 0; c < best.size(); ++c)
      best[c] = std::max(best[c], table.first_hand(slot)[c]);
  return best;
}

} // namespace

recall_answer recall(const snapshot& on, const recall_setting& setting, const recall_query& query) {
  const recall_config& config = setting.weights;
  const cue_plan plan = plan_cues(on, setting.words, query.cue, config, query.limit);
  evidence_table table(on.size(), plan.channels.size());
  seed(on, plan, config, table);
  const std::vector<q32> best = best_first_hand(table);
  std::vector<q32> caps(table.channels());
  std::vector<sender> senders;
  if (query.spread) {
    for (std::size_t c = 0; c < caps.size(); ++c)
      caps[c] = q32::from(best[c].to_double() * config.cap);
    senders = choose_senders(on, config, table);
    spread_evidence(on, config, query.now, senders, table);
  }
  const primed easier =
      query.primes.empty() ? primed() : primed(on, config, query.primes, query.now);
  const ranking ranks =
      rank(on, plan, config, setting.decay, query.now, easier, caps, table, query.limit);
  std::vector<double> retained;
  for (const ranked& each : ranks.best)
    retained.push_back(retention_of(on, setting.decay, each.ordinal, query.now));
  std::vector<explanation> why;
  std::vector<double> distinct;
  if (query.explain) {
    why = explain(on, plan, config, query.now, table, caps, senders, ranks.best);
    distinct = distinctness(on, ranks.best, retained, query.now);
  }

  recall_answer answer;
  answer.considered = ranks.considered;
  for (std::size_t i = 0; i < ranks.best.size(); ++i) {
    const ranked& r = ranks.best[i];
    const interval confidence = hit_confidence(weigh(on, table, best, caps, r, retained[i]));
    if (confidence.point < query.confidence_min) continue;
    hit h{r.ordinal,   std::string(on.id(r.ordinal)), r.score, r.activation, confidence,
          std::nullopt};
    if (query.explain) {
      h.why = std::move(why[i]);
      h.why->retention = retained[i];
      h.why->distinctness = distinct[i];
      if (const double boost = easier.boost(r.ordinal); boost > 0)
        h.why->factors.emplace_back("primed", 1 + boost);
    }
    answer.hits.push_back(std::move(h));
  }
  return answer;
}

} // namespace engram::memory

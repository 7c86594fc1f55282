#include "memory/recall/activation.hpp"
#include "memory/recall/cues.hpp"
#include "memory/recall/evidence.hpp"
#include "memory/recall/recall.hpp"
#include "memory/recall/seeds.hpp"
#include "memory/recall/spreading.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

using base::q32;

constexpr std::size_t SEEDS_MAX = 64; // of those that a cue brings

void seed_by_cue(const snapshot& on, const recall_setting& setting, const spread_query& query,
                 activation& to) {
  const cue_plan plan = plan_cues(on, setting.words, query.cue, setting.weights, SEEDS_MAX);
  if (plan.channels.empty()) return;
  evidence_table table(on.size(), plan.channels.size());
  seed(on, plan, setting.weights, table);
  recall_config few = setting.weights;
  few.senders_max = SEEDS_MAX;
  few.gate = 1;
  for (const sender& s : choose_senders(on, few, table))
    if (admits(on, plan, s.ordinal)) to.seed(s.ordinal, q32::from(s.gate));
}

std::vector<spread_step> path_to(const snapshot& on, const activation& of, const reached& last) {
  std::vector<spread_step> path;
  for (reached r = of.origin(last); r.from != snapshot::none; r = of.origin(of.all().of(r.from)))
    path.push_back({std::string(on.id(r.from)), std::string(on.id(r.ordinal)),
                    link_name(on, r.by()), r.amount.to_double()});
  std::reverse(path.begin(), path.end());
  return path;
}

} // namespace

spread_answer spread(const snapshot& on, const recall_setting& setting, const spread_query& query) {
  activation spreading(on, setting.weights, query);
  for (const std::string& id : query.from)
    for (const std::uint32_t ordinal : on.find_id(id))
      if (on.visible(ordinal)) spreading.seed(ordinal, q32::from(1));
  seed_by_cue(on, setting, query, spreading);
  spread_answer out;
  out.rounds = spreading.run();
  for (const reached* r : spreading.strongest(query.limit))
    out.memories.push_back(
        {r->ordinal, std::string(on.id(r->ordinal)), r->activation, path_to(on, spreading, *r)});
  return out;
}

} // namespace engram::memory

// Activation over associations in synchronous rounds. Each memory fires once, in the round after it
// was first reached; what it hears later still counts for it, but is not passed on, so that no
// activation echoes. The most that fire in a round is bounded, by (activation, id).
#include "memory/recall/associations.hpp"
#include "memory/recall/cues.hpp"
#include "memory/recall/evidence.hpp"
#include "memory/recall/recall.hpp"
#include "memory/recall/seeds.hpp"
#include "memory/recall/spreading.hpp"

#include <algorithm>
#include <unordered_map>

namespace engram::memory {
namespace {

using base::q32;

constexpr std::size_t FRONTIER_MAX = 1024;
constexpr std::size_t SEEDS_MAX = 64; // of those that a cue brings

/// How a memory was reached first, by its strongest contribution.
struct reached {
  q32 activation;
  std::uint32_t round = 0;
  std::uint32_t from = snapshot::none; // none: a seed
  q32 amount;
  std::string kind;
};

class spreader {
public:
  spreader(const snapshot& on, const recall_setting& setting, const spread_query& query)
      : on_(on), query_(query), config_(setting.weights) {
    // Asked for, explicit associations are followed as they were asserted, not as a hint beside
    // words.
    config_.edge_out = 1;
    config_.edge_in = config_.edge_in > 0 ? 0.5 : 0;
    config_.split_edges = false;
    config_.fan_max = query.fan;
  }

  void seed(std::uint32_t ordinal, q32 activation) {
    reached& r = reached_[ordinal];
    r.activation = std::max(r.activation, activation);
    r.amount = r.activation;
  }

  /// One round; false when nothing fired.
  bool fire(std::uint32_t round) {
    std::vector<std::uint32_t> frontier = choose(round - 1);
    if (frontier.empty()) return false;
    for (const std::uint32_t from : frontier) tell(from);
    for (const auto& [ordinal, said] : heard_) settle(ordinal, said, round);
    heard_.clear();
    return true;
  }

  spread_answer answer(std::uint32_t rounds) const {
    std::vector<std::uint32_t> order;
    for (const auto& [ordinal, r] : reached_) order.push_back(ordinal);
    std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
      const q32 x = reached_.at(a).activation, y = reached_.at(b).activation;
      return x != y ? x > y : on_.before(a, b);
    });
    if (order.size() > query_.limit) order.resize(query_.limit);
    spread_answer out;
    out.rounds = rounds;
    for (const std::uint32_t ordinal : order)
      out.memories.push_back({ordinal, std::string(on_.id(ordinal)),
                              reached_.at(ordinal).activation, path_to(ordinal)});
    return out;
  }

private:
  struct news {
    q32 sum, best;
    std::uint32_t from = snapshot::none;
    std::string kind;
  };

  /// Who was first reached in `round`, strongest first, and still has enough to pass on.
  std::vector<std::uint32_t> choose(std::uint32_t round) const {
    const q32 threshold = q32::from(query_.threshold);
    std::vector<std::uint32_t> found;
    for (const auto& [ordinal, r] : reached_)
      if (r.round == round && r.activation >= threshold) found.push_back(ordinal);
    std::sort(found.begin(), found.end(), [this](std::uint32_t a, std::uint32_t b) {
      const q32 x = reached_.at(a).activation, y = reached_.at(b).activation;
      return x != y ? x > y : on_.before(a, b);
    });
    if (found.size() > FRONTIER_MAX) found.resize(FRONTIER_MAX);
    return found;
  }

  std::vector<link> fan_of(std::uint32_t from) const {
    std::vector<link> links;
    links_of(on_, config_, query_.now, from, links);
    add_session(from, links);
    if (!query_.kinds.empty())
      std::erase_if(links, [this](const link& l) {
        return std::find(query_.kinds.begin(), query_.kinds.end(), link_name(on_, l)) ==
               query_.kinds.end();
      });
    const auto stronger = [this](const link& a, const link& b) {
      if (a.weight != b.weight) return a.weight > b.weight;
      if (a.target != b.target) return on_.before(a.target, b.target);
      return link_name(on_, a) < link_name(on_, b);
    };
    std::sort(links.begin(), links.end(), stronger);
    if (links.size() > query_.fan) links.resize(query_.fan);
    return links;
  }

  void add_session(std::uint32_t from, std::vector<link>& links) const {
    const std::uint64_t session = on_.facts(from).session;
    const double weight = session_weight(on_, config_, session);
    if (weight == 0) return;
    std::vector<std::uint32_t> members;
    on_.session_members(session, members);
    for (const std::uint32_t member : members)
      if (member != from) links.push_back({member, weight, link_kind::session, 0});
  }

  void tell(std::uint32_t from) {
    const double amount = reached_.at(from).activation.to_double() * query_.decay;
    for (const link& l : fan_of(from)) {
      const q32 said = q32::from(amount * l.weight);
      if (said.raw <= 0) continue;
      news& n = heard_[l.target];
      n.sum += said;
      const std::string kind = link_name(on_, l);
      const bool better =
          n.from == snapshot::none || said > n.best ||
          (said == n.best && (on_.before(from, n.from) || (from == n.from && kind < n.kind)));
      if (!better) continue;
      n.best = said;
      n.from = from;
      n.kind = kind;
    }
  }

  void settle(std::uint32_t ordinal, const news& n, std::uint32_t round) {
    const auto [at, is_new] = reached_.try_emplace(ordinal);
    if (is_new)
      at->second = {n.sum, round, n.from, n.best, n.kind};
    else
      at->second.activation += n.sum;
  }

  std::vector<spread_step> path_to(std::uint32_t ordinal) const {
    std::vector<spread_step> path;
    for (const reached* r = &reached_.at(ordinal); r->from != snapshot::none;
         r = &reached_.at(r->from)) {
      path.push_back({std::string(on_.id(r->from)), std::string(on_.id(ordinal)), r->kind,
                      r->amount.to_double()});
      ordinal = r->from;
    }
    std::reverse(path.begin(), path.end());
    return path;
  }

  const snapshot& on_;
  const spread_query& query_;
  recall_config config_;
  // Never walked in an order that reaches the answer.
  std::unordered_map<std::uint32_t, reached> reached_;
  std::unordered_map<std::uint32_t, news> heard_;
};

void seed_by_cue(const snapshot& on, const recall_setting& setting, const spread_query& query,
                 spreader& to) {
  const cue_plan plan = plan_cues(on, setting.words, query.cue, setting.weights, SEEDS_MAX);
  evidence_table table(on.size(), plan.channels.size());
  seed(on, plan, setting.weights, table);
  recall_config few = setting.weights;
  few.senders_max = SEEDS_MAX;
  few.gate = 1;
  for (const sender& s : choose_senders(on, few, table))
    if (admits(on, plan, s.ordinal)) to.seed(s.ordinal, q32::from(s.gate));
}

} // namespace

spread_answer spread(const snapshot& on, const recall_setting& setting, const spread_query& query) {
  spreader activation(on, setting, query);
  for (const std::string& id : query.from)
    for (const std::uint32_t ordinal : on.find_id(id))
      if (on.visible(ordinal)) activation.seed(ordinal, q32::from(1));
  seed_by_cue(on, setting, query, activation);
  std::uint32_t rounds = 0;
  while (rounds < query.hops && activation.fire(rounds + 1)) ++rounds;
  return activation.answer(rounds);
}

} // namespace engram::memory

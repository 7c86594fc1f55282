#include "memory/recall/explain.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

namespace engram::memory {
namespace {

using base::q32;

constexpr std::size_t ASSOCIATIONS_MAX = 8;

/// What of a channel's activation was first hand and what was heard.
struct division {
  double first_hand = 0, heard = 0;
};

division divide(q32 first, q32 heard, q32 cap) {
  const double total = united(first, heard, cap).to_double();
  const q32 counted = std::max(q32{}, std::min(heard, cap));
  if (counted.raw == 0 || total == 0) return {total, 0};
  const double own = first.to_double() * first.to_double() / total;
  return {own, total - own};
}

class explainer {
public:
  explainer(const snapshot& on, const cue_plan& plan, const evidence_table& table,
            const std::vector<q32>& caps)
      : on_(on), plan_(plan), table_(table), caps_(caps) {}

  void cues(const ranked& hit, explanation& why) const {
    std::map<std::string, division> shares; // several channels may have one name
    for (std::size_t c = 0; c < table_.channels(); ++c) {
      const division d =
          divide(table_.first_hand(hit.slot)[c], table_.heard(hit.slot)[c], caps_[c]);
      if (d.first_hand + d.heard == 0) continue;
      division& sum = shares[plan_.channels[c].name];
      sum.first_hand += d.first_hand;
      sum.heard += d.heard;
    }
    for (const auto& [name, d] : shares) why.cues.push_back({name, d.first_hand, d.heard});
    std::stable_sort(why.cues.begin(), why.cues.end(), [](const cue_share& a, const cue_share& b) {
      return a.first_hand + a.by_association > b.first_hand + b.by_association;
    });
  }

  /// The part of the hit's activation that came from this sender over an association so heavy.
  double amount(const ranked& hit, const sender& from, double weight) const {
    double sum = 0;
    for (std::size_t c = 0; c < table_.channels(); ++c) {
      const q32 heard = table_.heard(hit.slot)[c], said = table_.first_hand(from.slot)[c];
      if (heard.raw <= 0 || said.raw <= 0) continue;
      const division d = divide(table_.first_hand(hit.slot)[c], heard, caps_[c]);
      sum += d.heard * (weight * from.gate * said.to_double() / heard.to_double());
    }
    return sum;
  }

  std::string detail(const link& l) const {
    if (l.kind != link_kind::rare_term) return {};
    for (const query_word& w : plan_.question.words)
      if (w.key == l.detail) return w.text;
    return {};
  }

  void associate(const ranked& hit, const sender& from, const link& l, explanation& why) const {
    const double brought = amount(hit, from, l.weight);
    if (brought <= 0) return;
    why.associations.push_back(
        {std::string(on_.id(from.ordinal)), link_name(on_, l), detail(l), l.weight, brought});
  }

private:
  const snapshot& on_;
  const cue_plan& plan_;
  const evidence_table& table_;
  const std::vector<q32>& caps_;
};

void keep_largest(std::vector<association_share>& shares) {
  std::sort(shares.begin(), shares.end(),
            [](const association_share& a, const association_share& b) {
              if (a.amount != b.amount) return a.amount > b.amount;
              return std::tie(a.from, a.kind, a.detail) < std::tie(b.from, b.kind, b.detail);
            });
  if (shares.size() > ASSOCIATIONS_MAX) shares.resize(ASSOCIATIONS_MAX);
}

} // namespace

std::vector<explanation> explain(const snapshot& on, const cue_plan& plan,
                                 const recall_config& config, base::instant now,
                                 const evidence_table& table, const std::vector<q32>& caps,
                                 const std::vector<sender>& senders,
                                 const std::vector<ranked>& hits) {
  const explainer by(on, plan, table, caps);
  std::vector<explanation> out(hits.size());
  std::unordered_map<std::uint32_t, std::size_t> hit_of;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    hit_of.emplace(hits[i].ordinal, i);
    by.cues(hits[i], out[i]);
    out[i].factors = factors_of(on, plan, config, hits[i].ordinal);
    const double near = date_nearness(plan.question.dates, on.facts(hits[i].ordinal), config);
    if (hits[i].fresh < 1) out[i].factors.emplace_back("told-above", hits[i].fresh);
    if (near > 0) out[i].factors.emplace_back("date", 1 + config.date * near);
  }
  std::vector<link> links;
  for (const sender& from : senders) {
    links.clear();
    links_of(on, config, now, from.ordinal, links);
    const std::uint64_t session = on.facts(from.ordinal).session;
    const double weight = session_weight(on, config, session);
    if (weight > 0)
      for (const ranked& hit : hits)
        if (hit.ordinal != from.ordinal && on.facts(hit.ordinal).session == session)
          links.push_back({hit.ordinal, weight, link_kind::session, 0});
    for (const link& l : links)
      if (const auto at = hit_of.find(l.target); at != hit_of.end())
        by.associate(hits[at->second], from, l, out[at->second]);
  }
  for (explanation& why : out) keep_largest(why.associations);
  return out;
}

} // namespace engram::memory

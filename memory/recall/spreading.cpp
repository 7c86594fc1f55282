#include "memory/recall/spreading.hpp"

#include "memory/recall/keep_first.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

using base::q32;

/// Members of one session hear the sum of what all others sent, divided among them.
void spread_sessions(const snapshot& on, const recall_config& config,
                     const std::vector<sender>& senders, evidence_table& table) {
  const std::size_t channels = table.channels();
  std::vector<std::pair<std::uint64_t, std::size_t>> by_session; // (session, index of sender)
  for (std::size_t i = 0; i < senders.size(); ++i)
    if (const std::uint64_t session = on.facts(senders[i].ordinal).session)
      by_session.emplace_back(session, i);
  std::sort(by_session.begin(), by_session.end());

  std::vector<q32> sums(channels), own(channels);
  std::vector<std::uint32_t> members;
  for (std::size_t begin = 0, end = 0; begin < by_session.size(); begin = end) {
    const std::uint64_t session = by_session[begin].first;
    while (end < by_session.size() && by_session[end].first == session) ++end;
    const double weight = session_weight(on, config, session);
    if (weight == 0) continue;
    std::fill(sums.begin(), sums.end(), q32{});
    for (std::size_t i = begin; i < end; ++i) {
      const sender& from = senders[by_session[i].second];
      for (std::size_t c = 0; c < channels; ++c)
        sums[c] += q32::from(from.gate * table.first_hand(from.slot)[c].to_double() * weight);
    }
    members.clear();
    on.session_members(session, members);
    for (const std::uint32_t member : members) {
      const std::uint32_t slot = table.slot(member);
      for (std::size_t c = 0; c < channels; ++c) table.heard(slot)[c] += sums[c];
    }
    for (std::size_t i = begin; i < end; ++i) { // nobody hears itself
      const sender& from = senders[by_session[i].second];
      for (std::size_t c = 0; c < channels; ++c) {
        const q32 said = q32::from(from.gate * table.first_hand(from.slot)[c].to_double() * weight);
        table.heard(from.slot)[c] += q32{-said.raw};
      }
    }
  }
}

} // namespace

std::vector<sender> choose_senders(const snapshot& on, const recall_config& config,
                                   const evidence_table& table) {
  struct candidate {
    q32 own;
    std::uint32_t slot;
  };
  std::vector<candidate> candidates;
  q32 best;
  for (std::uint32_t slot = 0; slot < table.size(); ++slot) {
    const q32 own = table.own(slot);
    if (own.raw <= 0) continue;
    candidates.push_back({own, slot});
    best = std::max(best, own);
  }
  keep_first(
      candidates, config.senders_max, [](const candidate& c) { return c.own; },
      [&](const candidate& c) { return on.id(table.ordinal(c.slot)); },
      [&](const candidate& a, const candidate& b) {
        return on.before(table.ordinal(a.slot), table.ordinal(b.slot));
      });
  std::vector<sender> senders;
  for (const candidate& c : candidates)
    senders.push_back({c.slot, table.ordinal(c.slot),
                       base::pow(c.own.to_double() / best.to_double(), config.gate)});
  return senders;
}

void spread_evidence(const snapshot& on, const recall_config& config, base::instant now,
                     const std::vector<sender>& senders, evidence_table& table) {
  const std::size_t channels = table.channels();
  std::vector<link> links;
  std::vector<std::pair<std::size_t, double>> said; // (channel, gated evidence)
  for (const sender& from : senders) {
    links.clear();
    links_of(on, config, now, from.ordinal, links);
    if (links.empty()) continue;
    said.clear();
    for (std::size_t c = 0; c < channels; ++c)
      if (const q32 carried = table.first_hand(from.slot)[c]; carried.raw > 0)
        said.emplace_back(c, from.gate * carried.to_double());
    for (const link& l : links) {
      const std::uint32_t slot = table.slot(l.target);
      for (const auto& [c, amount] : said) table.heard(slot)[c] += q32::from(l.weight * amount);
    }
  }
  spread_sessions(on, config, senders, table);
}

} // namespace engram::memory

#include "memory/recall/ranking.hpp"

#include "memory/access.hpp"
#include "memory/recall/habituation.hpp"

#include <algorithm>
#include <cmath>

namespace engram::memory {
namespace {

using base::q32;

double person_factor(const cue_plan& plan, const recall_config& config) {
  return plan.one_person ? config.person : config.first_person;
}

/// The factors as one number, for every candidate.
class factor_reader {
public:
  factor_reader(const snapshot& on, const cue_plan& plan, const recall_config& config)
      : on_(on), plan_(plan), config_(config) {
    if (plan.person == 0) return;
    for (const auto& s : on.segments()) person_terms_.push_back(s->find_term(plan.person));
  }

  double of(std::uint32_t ordinal) const {
    const std::size_t slot = on_.slot_of(ordinal);
    const segment& s = *on_.segments()[slot];
    const std::uint32_t local = ordinal - s.first;
    const std::uint8_t flags = s.documents[local].flags;
    double factor = 1;
    if (plan_.person != 0) {
      const auto terms = s.terms_of(local);
      if (std::binary_search(terms.begin(), terms.end(),
                             static_cast<std::uint32_t>(person_terms_[slot])))
        factor *= person_factor(plan_, config_);
    }
    if (plan_.question.asks_when && (flags & has_time_expression)) factor *= config_.answers_when;
    if (plan_.question.asks_number && (flags & has_number)) factor *= config_.answers_number;
    if (flags & ends_in_question) factor *= config_.is_question;
    return factor;
  }

  /// No factor is greater.
  double most() const {
    double factor = std::max(1.0, config_.is_question);
    if (plan_.person != 0) factor *= std::max(1.0, person_factor(plan_, config_));
    if (plan_.question.asks_when) factor *= std::max(1.0, config_.answers_when);
    if (plan_.question.asks_number) factor *= std::max(1.0, config_.answers_number);
    return factor;
  }

private:
  const snapshot& on_;
  const cue_plan& plan_;
  const recall_config& config_;
  std::vector<std::size_t> person_terms_; // of each segment
};

/// Keeps the best k of what it is offered; the order is total, so offers may come in any order.
class best_list {
public:
  best_list(const snapshot& on, std::size_t k) : on_(on), k_(k) {}

  bool wants(q32 score) const { return best_.size() < k_ || score >= best_.front().score; }
  void offer(const ranked& r) {
    if (k_ == 0) return;
    const auto better = [this](const ranked& a, const ranked& b) { return this->better(a, b); };
    if (best_.size() == k_) {
      if (!this->better(r, best_.front())) return;
      std::pop_heap(best_.begin(), best_.end(), better);
      best_.pop_back();
    }
    best_.push_back(r);
    std::push_heap(best_.begin(), best_.end(), better);
  }
  std::vector<ranked> take() {
    std::sort(best_.begin(), best_.end(),
              [this](const ranked& a, const ranked& b) { return better(a, b); });
    return std::move(best_);
  }

private:
  bool better(const ranked& a, const ranked& b) const {
    return a.score != b.score ? a.score > b.score : on_.before(a.ordinal, b.ordinal);
  }

  const snapshot& on_;
  std::size_t k_;
  std::vector<ranked> best_; // worst in front
};

} // namespace

q32 united(q32 first, q32 heard, q32 cap) {
  const q32 counted = std::min(heard, cap);
  if (counted.raw <= 0) return first;
  const double a = first.to_double(), b = counted.to_double();
  return q32::from(std::sqrt(a * a + b * b));
}

std::vector<std::pair<std::string, double>> factors_of(const snapshot& on, const cue_plan& plan,
                                                       const recall_config& config,
                                                       std::uint32_t ordinal) {
  std::vector<std::pair<std::string, double>> factors;
  const segment& s = on.segment_of(ordinal);
  const std::uint8_t flags = s.documents[ordinal - s.first].flags;
  const std::size_t person = plan.person ? s.find_term(plan.person) : s.keys.size();
  const auto terms = s.terms_of(ordinal - s.first);
  if (person != s.keys.size() &&
      std::binary_search(terms.begin(), terms.end(), static_cast<std::uint32_t>(person)))
    factors.emplace_back("person", person_factor(plan, config));
  if (plan.question.asks_when && (flags & has_time_expression))
    factors.emplace_back("answers-when", config.answers_when);
  if (plan.question.asks_number && (flags & has_number))
    factors.emplace_back("answers-number", config.answers_number);
  if (flags & ends_in_question) factors.emplace_back("is-question", config.is_question);
  return factors;
}

double forgetting_factor(const recall_config& config, double retention) {
  return 1 - config.forgetting * (1 - retention);
}

double retention_of(const snapshot& on, const decay_config& decay, std::uint32_t ordinal,
                    base::instant now) {
  static const access_record never;
  const access_record* accesses = on.access(ordinal);
  return retention(decay, on.stored_at(ordinal).wall(), accesses ? *accesses : never, now);
}

ranking rank(const snapshot& on, const cue_plan& plan, const recall_config& config,
             const decay_config& decay, base::instant now, const primed& easier,
             const std::vector<q32>& caps, const evidence_table& table, std::size_t limit) {
  const factor_reader factors(on, plan, config);
  const bool restricted = plan.bounded_in_time || !plan.like.empty() || !plan.required.empty() ||
                          !plan.excluded.empty();
  const double most = factors.most() * (1 + easier.most());
  best_list best(on, std::max(limit, HABITUATION_POOL));
  ranking out;
  for (std::uint32_t slot = 0; slot < table.size(); ++slot) {
    q32 activation;
    for (std::size_t c = 0; c < table.channels(); ++c)
      activation += united(table.first_hand(slot)[c], table.heard(slot)[c], caps[c]);
    if (activation.raw <= 0) continue;
    const std::uint32_t ordinal = table.ordinal(slot);
    if (restricted && !admits(on, plan, ordinal)) continue;
    ++out.considered;
    // Most candidates are beaten before anything else about them need be looked up.
    if (!best.wants(q32::from(activation.to_double() * most))) continue;
    double fresh = activation.to_double() * factors.of(ordinal);
    if (!easier.empty()) fresh *= 1 + easier.boost(ordinal);
    // Forgetting only takes away.
    if (!best.wants(q32::from(fresh))) continue;
    const double kept = forgetting_factor(config, retention_of(on, decay, ordinal, now));
    best.offer({slot, ordinal, q32::from(fresh * kept), activation});
  }
  out.best = best.take();
  habituate(on, config, caps, table, out.best, limit);
  return out;
}

} // namespace engram::memory

#include "memory/verbs/opinion_pool.hpp"

#include <algorithm>

namespace engram::memory {

namespace {
constexpr double LEAST = 1e-12; // of a probability whose logarithm is taken
} // namespace

opinion_pool::opinion_pool(std::uint32_t count,
                           std::vector<std::pair<std::string, std::uint32_t>> known)
    : count_(count), known_(std::move(known)) {
  const backoff before = [&] {
    backoff made(count_);
    for (const auto& [value, frequency] : known_) made.know(value, frequency);
    return made;
  }();
  for (const auto& [value, frequency] : known_) {
    const double p = std::max(LEAST, before.probability_of(value));
    opinions_.push_back({value, base::log2(p), 0});
  }
  opinions_.push_back({"", base::log2(before.unseen()), 0});
}

void opinion_pool::learn(const std::vector<vote>& votes) {
  if (votes.empty()) return;
  backoff after(count_);
  for (const auto& [value, frequency] : known_) after.know(value, frequency);
  const double before_unseen = after.unseen();
  std::vector<double> before;
  for (const auto& [value, frequency] : known_) before.push_back(after.probability_of(value));
  after.learn(votes, OPENNESS);
  evidence_ += after.evidence();
  for (std::size_t i = 0; i < known_.size(); ++i) {
    const double p = after.probability_of(known_[i].first);
    opinions_[i].odds +=
        TRUST * (base::log2(std::max(LEAST, p)) - base::log2(std::max(LEAST, before[i])));
    opinions_[i].weight += after.weight_of(known_[i].first);
  }
  opinions_.back().odds += TRUST * base::log2(after.unseen() / before_unseen);
}

std::vector<backoff::guess> opinion_pool::best(std::size_t limit) const {
  double most = opinions_.back().odds;
  for (const opinion& o : opinions_) most = std::max(most, o.odds);
  base::q32 total;
  for (const opinion& o : opinions_) total += base::q32::from(base::exp2(o.odds - most));
  std::vector<backoff::guess> all;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    const opinion& o = opinions_[i];
    all.push_back({o.value, base::exp2(o.odds - most) / total.to_double(), o.weight});
  }
  std::sort(all.begin(), all.end(), [](const backoff::guess& a, const backoff::guess& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.value < b.value;
  });
  if (all.size() > limit) all.resize(limit);
  return all;
}

} // namespace engram::memory

#include "memory/verbs/backoff.hpp"

#include <algorithm>

namespace engram::memory {

using base::q32;

backoff::backoff(std::uint32_t count) {
  const double kinds = count > 0 ? base::pow(count, 2.0 / 3) : 1;
  base_total_ = count + kinds;
  unseen_ = kinds / base_total_;
}

void backoff::know(const std::string& value, std::uint32_t frequency) {
  beliefs_.try_emplace(value).first->second.probability = frequency / base_total_;
}

void backoff::learn(const std::vector<vote>& votes, double openness) {
  std::map<std::string, q32> sums;
  q32 all;
  for (const vote& v : votes) {
    const q32 weight = q32::from(v.weight);
    sums[v.value] += weight;
    all += weight;
  }
  if (all.raw <= 0) return;
  const double open = openness * static_cast<double>(sums.size());
  const double total = all.to_double() + open;
  for (auto& [value, belief] : beliefs_) {
    const auto said = sums.find(value);
    const q32 weight = said == sums.end() ? q32{} : said->second;
    belief.probability = (weight.to_double() + open * belief.probability) / total;
    belief.weight += weight;
  }
  unseen_ = open * unseen_ / total;
  evidence_ += all.to_double();
}

std::vector<backoff::guess> backoff::best(std::size_t limit) const {
  std::vector<guess> all;
  for (const auto& [value, belief] : beliefs_)
    all.push_back({value, belief.probability, belief.weight.to_double()});
  std::stable_sort(all.begin(), all.end(),
                   [](const guess& a, const guess& b) { return a.probability > b.probability; });
  if (all.size() > limit) all.resize(limit);
  return all;
}

double backoff::probability_of(const std::string& value) const {
  const auto at = beliefs_.find(value);
  return at == beliefs_.end() ? 0 : at->second.probability;
}

double backoff::weight_of(const std::string& value) const {
  const auto at = beliefs_.find(value);
  return at == beliefs_.end() ? 0 : at->second.weight.to_double();
}

} // namespace engram::memory

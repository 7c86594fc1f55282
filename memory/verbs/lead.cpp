#include "memory/verbs/lead.hpp"

#include <algorithm>

namespace engram::memory {

lead_scale lead_scale_of(episode_field field) {
  switch (field) {
  case episode_field::who:
  case episode_field::speaker:
    return {-0.36, 0.39};
  case episode_field::session:
  case episode_field::title:
    return {-0.96, 0.62};
  case episode_field::tag:
    return {0.33, 0.51};
  case episode_field::what:
  case episode_field::place:
  case episode_field::when:
    break;
  }
  return {-0.5, 0.51}; // of all together
}

void judge_by_lead(episode_field field, std::vector<backoff::guess>& guesses) {
  if (guesses.empty()) return;
  constexpr double least = 1e-4;
  const double first = guesses[0].probability;
  const double next = guesses.size() > 1 ? guesses[1].probability : 1 - first;
  const lead_scale by = lead_scale_of(field);
  const double lead = base::log2(std::max(first, least) / std::max(next, least));
  guesses[0].probability = 1 / (1 + base::exp(-(by.base + by.per_doubling * lead)));
  if (first >= 1) return;
  const double left = (1 - guesses[0].probability) / (1 - first);
  for (std::size_t i = 1; i < guesses.size(); ++i)
    guesses[i].probability = std::min(guesses[0].probability, guesses[i].probability * left);
}

} // namespace engram::memory

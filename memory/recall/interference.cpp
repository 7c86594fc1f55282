#include "memory/recall/interference.hpp"

#include <algorithm>

namespace engram::memory {

std::vector<double> distinctness(const snapshot& on, const std::vector<ranked>& hits,
                                 std::span<const double> retained, base::instant now) {
  static_assert(CONFUSABILITY == 1, "a ratio of ages without a power");
  const auto age_of = [&](const ranked& hit) {
    return static_cast<double>(
        std::max<std::int64_t>(1, now.ms - on.stored_at(hit.ordinal).wall().ms));
  };
  const auto strength_of = [&](std::size_t i) {
    return hits[i].activation.to_double() * retained[i];
  };
  std::vector<double> out;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const double own = strength_of(i), age = age_of(hits[i]);
    base::q32 sum;
    for (std::size_t j = 0; j < hits.size(); ++j) {
      const double theirs = age_of(hits[j]);
      const double likeness = std::min(age, theirs) / std::max(age, theirs);
      sum += base::q32::from(std::min(1.0, strength_of(j) / own) * likeness);
    }
    out.push_back(1 / std::max(1.0, sum.to_double()));
  }
  return out;
}

} // namespace engram::memory

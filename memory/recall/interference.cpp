#include "memory/recall/interference.hpp"

#include <algorithm>

namespace engram::memory {

std::vector<double> distinctness(const snapshot& on, const std::vector<ranked>& hits,
                                 base::instant now) {
  static_assert(CONFUSABILITY == 1, "a ratio of ages without a power");
  const auto age_of = [&](const ranked& hit) {
    return static_cast<double>(
        std::max<std::int64_t>(1, now.ms - on.stored_at(hit.ordinal).wall().ms));
  };
  std::vector<double> out;
  for (const ranked& hit : hits) {
    const double own = hit.activation.to_double(), age = age_of(hit);
    base::q32 sum;
    for (const ranked& other : hits) {
      const double theirs = age_of(other);
      const double likeness = std::min(age, theirs) / std::max(age, theirs);
      sum += base::q32::from(std::min(1.0, other.activation.to_double() / own) * likeness);
    }
    out.push_back(1 / std::max(1.0, sum.to_double()));
  }
  return out;
}

} // namespace engram::memory

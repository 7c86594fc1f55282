#pragma once
// For tests: made-up episodes that fall into topics, by embedding or by their words, and what their
// concepts amount to.

#include "memory/concepts/consolidator.hpp"
#include "memory/recall/recall_fixture.hpp"

#include <string>
#include <vector>

namespace engram::memory {

/// Of a few topics, most with an embedding where `dimension` is not 0; some without a time, some
/// of no topic. The same for the same seed.
inline std::vector<episode> topical_episodes(std::uint64_t seed, std::uint32_t count,
                                             std::uint32_t dimension) {
  base::random random(seed);
  const std::uint64_t topics = 1 + count / 20;
  std::vector<episode> out;
  for (std::uint32_t i = 0; i < count; ++i) {
    episode e;
    e.id = "e" + std::to_string(i);
    const std::uint64_t topic = random.below(topics);
    for (int w = 0; w < 10; ++w)
      e.text += random.chance(0.7) ? "t" + std::to_string(topic) + "w" + std::to_string(w) + " "
                                   : "x" + std::to_string(random.below(500)) + " ";
    if (random.chance(0.9))
      e.when = base::instant{
          static_cast<std::int64_t>(random.below(4) * 100'000'000'000 + random.below(1000))};
    e.confidence = 0.5 + 0.5 * random.unit();
    if (dimension > 0 && random.chance(0.8)) {
      base::random centre(seed * 1000 + topic);
      std::vector<float> x(dimension);
      for (float& value : x)
        value = static_cast<float>(centre.unit() - 0.5 + 0.6 * (random.unit() - 0.5));
      e.embedding = base::quantise(x).value();
    }
    out.push_back(std::move(e));
  }
  return out;
}

inline concept_set finished(consolidator& with, std::shared_ptr<const snapshot> at,
                            std::size_t units = SIZE_MAX, const parallel_for& run = {}) {
  with.aim(std::move(at));
  while (!with.step(units, run)) {
  }
  return *with.concepts();
}

/// Ids of the members.
inline std::vector<std::string> cited_ids(const snapshot& on, const concept_record& by) {
  std::vector<std::string> out;
  for (const std::uint32_t ordinal : cited(by)) out.emplace_back(on.id(ordinal));
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace engram::memory

#include "memory/verbs/recognize.hpp"

#include "memory/confidence.hpp"
#include "memory/recall/ranking.hpp"
#include "memory/verbs/exemplars.hpp"

#include <algorithm>

namespace engram::memory {

recognize_answer recognize(const snapshot& on, const recall_setting& setting,
                           const recognize_query& query) {
  constexpr std::size_t traces = 64;
  const auto found =
      most_similar(on, setting.words, query.probe, std::max<std::size_t>(traces, query.nearest));
  recognize_answer answer;
  double strongest = 0;
  base::q32 echo;
  for (const exemplar& e : found) {
    const double kept = retention_of(on, setting.decay, e.ordinal, query.now);
    const double answered =
        e.similarity * e.similarity * e.similarity * forgetting_factor(setting.weights, kept);
    strongest = std::max(strongest, answered);
    echo += base::q32::from(answered);
    if (answer.nearest.size() < query.nearest)
      answer.nearest.push_back({e.ordinal, std::string(on.id(e.ordinal)), e.similarity, kept});
  }
  const double words = static_cast<double>(setting.words.analyse(query.probe).terms.size());
  answer.familiarity = wilson(strongest, found.empty() ? 0 : 1 + words);
  answer.recognized = strongest >= 0.5;
  answer.echo = echo.to_double();
  return answer;
}

} // namespace engram::memory

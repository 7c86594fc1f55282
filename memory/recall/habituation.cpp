#include "memory/recall/habituation.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

using base::q32;

/// The evidence of the best hits, one row each, and which cues were told of.
class pool {
public:
  pool(const std::vector<q32>& caps, const evidence_table& table, const std::vector<ranked>& hits)
      : hits_(hits), channels_(table.channels()), rows_(std::min(hits.size(), HABITUATION_POOL)),
        evidence_(rows_ * channels_), most_(channels_), told_(channels_), taken_(rows_) {
    for (std::size_t row = 0; row < rows_; ++row) {
      const std::uint32_t slot = hits[row].slot;
      for (std::size_t c = 0; c < channels_; ++c) {
        double& here = evidence_[row * channels_ + c];
        here = united(table.first_hand(slot)[c], table.heard(slot)[c], caps[c]).to_double();
        most_[c] = std::max(most_[c], here);
      }
    }
  }

  std::size_t size() const noexcept { return rows_; }

  /// The best of those left, its score lowered. At equal scores the one that stood first.
  ranked take_best(double habituation) {
    ranked best;
    bool found = false;
    for (std::size_t row = 0; row < rows_; ++row) {
      if (taken_[row]) continue;
      ranked here = hits_[row];
      here.fresh = fresh(row, habituation);
      here.score = q32::from(here.score.to_double() * here.fresh);
      if (found && here.score <= best.score) continue;
      best = here;
      last_ = row;
      found = true;
    }
    taken_[last_] = true;
    return best;
  }

  /// The last one taken has told what it says.
  void tell() {
    for (std::size_t c = 0; c < channels_; ++c)
      if (most_[c] > 0) told_[c] = std::max(told_[c], evidence_[last_ * channels_ + c] / most_[c]);
  }

private:
  double fresh(std::size_t row, double habituation) const {
    double all = 0, left = 0;
    for (std::size_t c = 0; c < channels_; ++c) {
      const double here = evidence_[row * channels_ + c];
      all += here;
      left += here * (1 - habituation * told_[c]);
    }
    return all > 0 ? left / all : 1;
  }

  const std::vector<ranked>& hits_;
  std::size_t channels_, rows_, last_ = 0;
  std::vector<double> evidence_, most_, told_;
  std::vector<bool> taken_;
};

} // namespace

void habituate(const snapshot& on, const recall_config& config, const std::vector<q32>& caps,
               const evidence_table& table, std::vector<ranked>& hits, std::size_t limit) {
  const auto titled = [&on](const ranked& r) { return on.facts(r.ordinal).title_key != 0; };
  const auto end =
      hits.begin() + static_cast<std::ptrdiff_t>(std::min(hits.size(), HABITUATION_POOL));
  if (config.habituation > 0 && std::any_of(hits.begin(), end, titled)) {
    pool left(caps, table, hits);
    std::vector<ranked> chosen;
    while (chosen.size() < std::min(left.size(), limit)) {
      chosen.push_back(left.take_best(config.habituation));
      if (titled(chosen.back())) left.tell();
    }
    std::copy(chosen.begin(), chosen.end(), hits.begin());
    for (auto beyond = end; beyond != hits.end(); ++beyond) {
      beyond->fresh = 1 - config.habituation;
      beyond->score = q32::from(beyond->score.to_double() * beyond->fresh);
    }
  }
  if (hits.size() > limit) hits.resize(limit);
}

} // namespace engram::memory

#include "memory/concepts/linkage.hpp"

#include <algorithm>
#include <numeric>
#include <type_traits>

namespace engram::memory {
namespace {

template <class Sum>
class chain_linkage {
public:
  chain_linkage(linkage<Sum> among, std::uint32_t least)
      : weights_(among.weights.begin(), among.weights.end()), sums_(std::move(among.sums)),
        least_(least), group_(weights_.size()), active_(weights_.size()) {
    std::iota(group_.begin(), group_.end(), 0u);
    std::iota(active_.begin(), active_.end(), 0u);
  }

  std::vector<std::uint32_t> run() && {
    while (!active_.empty()) {
      if (chain_.empty()) chain_.push_back(active_.front());
      step();
    }
    // Groups point at lesser indexes, so that one pass settles all.
    for (std::uint32_t& group : group_) group = group_[group];
    return std::move(group_);
  }

private:
  /// Cross products of what is compared.
  using product = std::conditional_t<std::is_same_v<Sum, std::int32_t>, std::int64_t, wide_sum>;
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  void step() {
    const std::uint32_t last = chain_.back();
    const std::uint32_t before = chain_.size() > 1 ? chain_[chain_.size() - 2] : none;
    const std::uint32_t nearest = nearest_to(last, before);
    if (nearest == none || !near_enough(last, nearest)) {
      // Whatever else joins comes no nearer on average: this group is complete.
      chain_.pop_back();
      retire(last);
    } else if (nearest == before) {
      chain_.resize(chain_.size() - 2);
      join(std::min(last, before), std::max(last, before));
    } else {
      chain_.push_back(nearest);
    }
  }

  /// `preferred` unless something is nearer; else the least index among the nearest.
  std::uint32_t nearest_to(std::uint32_t one, std::uint32_t preferred) const {
    const Sum* row = sums_.data() + one * weights_.size();
    std::uint32_t best = preferred;
    product best_sum = best == none ? 0 : row[best];
    product best_weight = best == none ? 0 : weights_[best];
    for (const std::uint32_t other : active_) {
      if (other == one) continue;
      if (best != none && row[other] * best_weight <= best_sum * weights_[other]) continue;
      best = other;
      best_sum = row[other];
      best_weight = weights_[other];
    }
    return best;
  }

  bool near_enough(std::uint32_t a, std::uint32_t b) const {
    return wide_sum{sums_[a * weights_.size() + b]} >= wide_sum{weights_[a]} * weights_[b] * least_;
  }

  void retire(std::uint32_t one) {
    active_.erase(std::lower_bound(active_.begin(), active_.end(), one));
  }

  /// Requires: a < b.
  void join(std::uint32_t a, std::uint32_t b) {
    retire(b);
    const std::size_t n = weights_.size();
    for (const std::uint32_t other : active_) {
      sums_[a * n + other] += sums_[b * n + other];
      sums_[other * n + a] = sums_[a * n + other];
    }
    weights_[a] += weights_[b];
    group_[b] = a;
  }

  std::vector<std::int64_t> weights_;
  std::vector<Sum> sums_;
  std::uint32_t least_;
  std::vector<std::uint32_t> group_;
  std::vector<std::uint32_t> active_; // ascending: may still join
  std::vector<std::uint32_t> chain_;  // each the nearest of the one before
};

} // namespace

template <class Sum>
std::vector<std::uint32_t> link(linkage<Sum> among, std::uint32_t least) {
  return chain_linkage<Sum>(std::move(among), least).run();
}

template std::vector<std::uint32_t> link(linkage<std::int32_t>, std::uint32_t);
template std::vector<std::uint32_t> link(linkage<wide_sum>, std::uint32_t);

} // namespace engram::memory

#pragma once
// What comes next, or belongs here, as probabilities over values: begun with how common each value
// is, then corrected by bodies of evidence, from the least to the most specific. A body of evidence
// says as much as its weight; the number of different values in it says how much is still open:
//
//     p'(v) = (w(v) + k T p(v)) / (W + k T)      Witten and Bell 1991, method C, with k = 1
//
// W: sum of weights, T: distinct values. k > 1 because weights that fall with age count for fewer
// observations than they are. Pure; sums are integers, values are walked in their own order.

#include "base/math.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace engram::memory {

/// Who speaks for a value.
struct vote {
  std::string value;
  double weight = 0;
  std::uint32_t ordinal = 0;
};

class backoff {
public:
  static constexpr double OPENNESS = 1.5; // k

  /// `count` memories hold values of this field; how many different ones grows as its power
  /// (Heaps 1978), which is what a value never seen is worth.
  explicit backoff(std::uint32_t count);
  /// Before the evidence: how many memories have the value.
  void know(const std::string& value, std::uint32_t frequency);
  /// Requires: every value of the votes is known. No votes change nothing.
  void learn(const std::vector<vote>& votes, double openness = OPENNESS);

  struct guess {
    std::string value;
    double probability = 0;
    double weight = 0; // of the evidence that names it
  };
  /// Most probable first; ties by value.
  std::vector<guess> best(std::size_t limit) const;
  /// That it is a value never seen.
  double unseen() const noexcept { return unseen_; }
  double evidence() const noexcept { return evidence_; }
  double probability_of(const std::string& value) const;
  double weight_of(const std::string& value) const;

private:
  struct state {
    double probability = 0;
    base::q32 weight;
  };
  std::map<std::string, state> beliefs_;
  double base_total_ = 1;
  double unseen_ = 1;
  double evidence_ = 0;
};

} // namespace engram::memory

#pragma once
// Several bodies of evidence about one value, none more specific than the others, joined into
// probabilities: a logarithmic opinion pool (Genest and Zidek 1986) over how much each body changes
// what was thought before,
//
//     p(v) ~ p0(v) * product over bodies b of (p_b(v) / p0(v))^TRUST
//
// with p0 how common the value is and p_b that corrected by the one body (backoff.hpp). Two bodies
// that agree prove more than each alone; TRUST below one because they are not independent. Pure.

#include "memory/verbs/backoff.hpp"

#include <string>
#include <utility>
#include <vector>

namespace engram::memory {

class opinion_pool {
public:
  /// Both fitted on a third of the changelog entries held back from memory; the figures in
  /// docs/cognition.md are of the other two thirds.
  static constexpr double TRUST = 0.5;
  /// What one body leaves open (backoff.hpp).
  static constexpr double OPENNESS = 1.0;

  /// `known`: every value that is voted for, with how many of `count` memories have it.
  opinion_pool(std::uint32_t count, std::vector<std::pair<std::string, std::uint32_t>> known);
  /// A body without votes changes nothing.
  void learn(const std::vector<vote>& votes);

  /// Most probable first; ties by value. Together with a value never seen they sum to one.
  std::vector<backoff::guess> best(std::size_t limit) const;
  /// Sum of the weights of all votes.
  double evidence() const noexcept { return evidence_; }

private:
  struct opinion {
    std::string value;
    double odds = 0; // log2 of the product so far
    double weight = 0;
  };
  std::uint32_t count_;
  std::vector<std::pair<std::string, std::uint32_t>> known_;
  std::vector<opinion> opinions_; // of known_, in its order; the last is a value never seen
  double evidence_ = 0;
};

} // namespace engram::memory

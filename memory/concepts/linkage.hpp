#pragma once
// Agglomerative clustering by average linkage, exact in integers: two groups are as near as their
// members are on average, the nearest join first, until none are near enough. Pure.

#include <cstdint>
#include <vector>

namespace engram::memory {

/// Holds the sum of the cosines between any two groups of 2^32 members.
__extension__ using wide_sum = __int128;

/// n things to be grouped, each standing for `weights[i]` members.
/// Sum: std::int32_t while the weights sum to 256 at most, else wide_sum.
template <class Sum>
struct linkage {
  std::vector<std::uint64_t> weights;
  std::vector<Sum> sums; // [i * n + j], symmetric: of the members' cosines in 1/65536, i != j
};

/// For each thing the least index in its group. Groups join while the mean cosine between their
/// members is `least` (in 1/65536) or more. Of equally near ones the least index comes first, but
/// two that are each other's nearest join before anything else is looked at (a chain of nearest
/// neighbours, Benzecri 1982: the same groups as joining the nearest pair each time, in n^2).
/// Time: O(n^2).
template <class Sum>
std::vector<std::uint32_t> link(linkage<Sum> among, std::uint32_t least);

extern template std::vector<std::uint32_t> link(linkage<std::int32_t>, std::uint32_t);
extern template std::vector<std::uint32_t> link(linkage<wide_sum>, std::uint32_t);

} // namespace engram::memory

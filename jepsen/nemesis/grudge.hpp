#pragma once
// Shapes of partitions as sets of cut links. Pure: the same random state gives the same cuts.
// Nodes are numbered 1 to n.

#include "base/random.hpp"
#include "base/result.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace engram::jepsen {

using cuts = std::set<std::pair<int, int>>; // from, to

/// one: alone against all. halves: as even as it goes, in random sides. minority: a random number
/// of them, less than half. bridge: two sides that only one node reaches. ring: each sees a
/// majority, no two the same. asymmetric: one is heard by nobody, or hears nobody.
const std::vector<std::string>& partition_shapes();

/// errc::invalid_argument: no such shape.
base::result<cuts> cut_as(const std::string& shape, int nodes, base::random& draw);

/// one, minority, majority, all: that many different nodes. errc::invalid_argument: no such.
base::result<std::vector<int>> pick_targets(const std::string& target, int nodes,
                                            base::random& draw);

} // namespace engram::jepsen

#pragma once
// How often concepts are made and passed on. Values of the node's configuration.

#include "membership/concepts/concept_gossip.hpp"

namespace engram::actors {

struct concept_settings {
  /// Least time between two consolidations of one shared space; at least 19 times what the last
  /// took, so that they cost a twentieth of a thread at most.
  base::duration interval{30'000};
  membership::concept_rules sheets;
};

} // namespace engram::actors

#pragma once
// What a reader of a space pins: the published state, and the vector that says exactly which
// entries it is a function of. Immutable; shared by any number of threads.

#include "actors/core/token.hpp"
#include "memory/published.hpp"

#include <memory>

namespace engram::actors {

struct space_view {
  std::shared_ptr<const memory::published> state;
  version_vector applied;
};

/// A view with the concepts of what it holds.
struct conceived_view {
  std::shared_ptr<const space_view> view;
  std::shared_ptr<const memory::concept_set> concepts;
};

} // namespace engram::actors

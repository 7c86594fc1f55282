#pragma once
// A service for tests of the edge, put together from a fake of each subject. Answers at once; every
// knob is public.

#include "actors/service/services.hpp"
#include "node/testing/fake_cluster.hpp"
#include "node/testing/fake_keys.hpp"
#include "node/testing/fake_memories.hpp"
#include "node/testing/fake_mind.hpp"

namespace engram::node {

struct fake_service : fake_memories, fake_keys, fake_mind, fake_cluster {
  fake_service() : fake_cluster(static_cast<const fake_memories&>(*this)) {}

  actors::services all() { return actors::services::of(*this); }
};

} // namespace engram::node

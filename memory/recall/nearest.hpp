#pragma once
// The visible memories whose embeddings lie nearest to one, over all segments of a snapshot. Pure.

#include "memory/index/snapshot.hpp"
#include "memory/vector/vector_index.hpp"

namespace engram::memory {

/// At most `limit`, best first. Nothing: no memory has an embedding, or of another dimension.
std::vector<vector_hit> nearest(const snapshot& on, const embedding& probe, std::size_t limit);

} // namespace engram::memory

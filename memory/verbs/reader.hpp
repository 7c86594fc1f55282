#pragma once
// How a verb gets at the words of a memory: the snapshot keeps hashes, the content lies on disk. A
// port; whoever asks a verb brings it, and bounds its cost (each verb says how many it reads).

#include "memory/types.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace engram::memory {

/// The content of the memory with this ordinal of the snapshot; nullptr: erased or unreadable. The
/// same ordinal always gives the same content.
using episode_reader = std::function<std::shared_ptr<const episode>(std::uint32_t ordinal)>;

} // namespace engram::memory

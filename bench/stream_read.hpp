#pragma once
// The peer of every scan: reads memory once with the widest loads this CPU has and keeps nothing.

#include <cstddef>
#include <cstdint>

namespace engram::bench {

/// XOR of all 8-byte words. Requires: 64-byte aligned, `bytes` a multiple of 64.
std::uint64_t stream_read(const std::int8_t* data, std::size_t bytes);

} // namespace engram::bench

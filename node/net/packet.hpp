#pragma once
// The frame of a gossip datagram: who may read it and that it arrived whole. Little endian:
//
//   0  u32  magic "EGRM"        8  16 bytes  cluster id      26  u64  XXH3 over bytes 0..25 and
//   body 4  u8   version            24  u16       body length     34  the body 5  3 bytes, zero
//
// Pure functions over bytes from strangers: any input has an answer.

#include "base/hash.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace engram::node {

inline constexpr std::size_t PACKET_HEADER_BYTES = 34;
inline constexpr std::size_t PACKET_BODY_BYTES_MAX = 1'400 - PACKET_HEADER_BYTES; // below any MTU
inline constexpr std::uint8_t PACKET_VERSION = 1;

enum class packet_fault { too_short, magic, version, cluster, length, checksum };
inline constexpr int packet_fault_count = 6;
std::string_view to_string(packet_fault fault) noexcept;

/// Requires: body.size() <= PACKET_BODY_BYTES_MAX.
std::string frame_packet(const base::hash128& cluster, std::string_view body);
/// The body (a view into `bytes`), or what is wrong.
std::variant<std::string_view, packet_fault> open_packet(const base::hash128& cluster,
                                                         std::string_view bytes) noexcept;

} // namespace engram::node

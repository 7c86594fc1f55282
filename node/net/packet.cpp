#include "node/net/packet.hpp"

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace engram::node {

namespace {

constexpr std::uint32_t MAGIC = 0x4D524745; // "EGRM"
constexpr std::size_t CHECKED_BYTES = PACKET_HEADER_BYTES - 8;

std::string_view view(const std::array<std::uint8_t, 16>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The body's hash is seeded by the header's, so that both are covered without joining them.
std::uint64_t checksum(std::string_view header, std::string_view body) {
  return base::fast_hash64(body, base::fast_hash64(header));
}

} // namespace

std::string_view to_string(packet_fault fault) noexcept {
  switch (fault) {
  case packet_fault::too_short:
    return "too_short";
  case packet_fault::magic:
    return "magic";
  case packet_fault::version:
    return "version";
  case packet_fault::cluster:
    return "cluster";
  case packet_fault::length:
    return "length";
  case packet_fault::checksum:
    return "checksum";
  }
  return "unknown";
}

std::string frame_packet(const base::hash128& cluster, std::string_view body) {
  CHECK(body.size() <= PACKET_BODY_BYTES_MAX, body.size());
  base::writer out;
  out.u32(MAGIC);
  out.u8(PACKET_VERSION);
  out.raw(std::string_view("\0\0\0", 3));
  out.raw(view(cluster.bytes()));
  out.u16(static_cast<std::uint16_t>(body.size()));
  out.u64(checksum(out.view(), body));
  out.raw(body);
  return std::move(out).take();
}

std::variant<std::string_view, packet_fault> open_packet(const base::hash128& cluster,
                                                         std::string_view bytes) noexcept {
  if (bytes.size() < PACKET_HEADER_BYTES) return packet_fault::too_short;
  base::reader in(bytes);
  if (in.u32() != MAGIC) return packet_fault::magic;
  if (in.u8() != PACKET_VERSION || in.raw(3) != std::string_view("\0\0\0", 3)) {
    return packet_fault::version;
  }
  if (in.raw(16) != view(cluster.bytes())) return packet_fault::cluster;
  if (in.u16() != bytes.size() - PACKET_HEADER_BYTES) return packet_fault::length;
  auto claimed = in.u64();
  auto body = bytes.substr(PACKET_HEADER_BYTES);
  if (claimed != checksum(bytes.substr(0, CHECKED_BYTES), body)) return packet_fault::checksum;
  return body;
}

} // namespace engram::node

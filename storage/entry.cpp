#include "storage/entry.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace engram::storage {
namespace {

// docs/formats/disk.md, "Entry header". A new layout takes the next version; this one stays
// readable.
constexpr std::uint8_t header_version = 1;
constexpr std::size_t hashed_bytes = 86; // everything but `running`
constexpr std::size_t header_bytes = hashed_bytes + 16;

/// Fixed-layout output: a header is written once per memory, so it costs no growing string.
class packer {
public:
  explicit packer(char* out) : out_(out) {}
  void u8(std::uint8_t value) { *out_++ = static_cast<char>(value); }
  void integer(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) u8(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void hash(const base::hash128& value) {
    const auto bytes = value.bytes();
    out_ = std::copy(bytes.begin(), bytes.end(), out_);
  }

private:
  char* out_;
};

void pack_hashed_part(const entry_header& h, char* out) {
  packer p{out};
  p.u8(header_version);
  p.u8(h.kind);
  p.hash(h.space.value);
  p.hash(h.origin.value);
  p.integer(h.sequence, 8);
  p.integer(h.stamp.value, 8);
  p.hash(h.operation);
  p.hash(h.payload_hash);
  p.integer(h.payload_bytes, 4);
}

base::hash128 chain(const base::hash128& previous, std::string_view hashed_part) {
  return base::digest128{}.add(previous).add(hashed_part).finish();
}

base::hash128 read_hash(base::reader& in) {
  const auto bytes = in.raw(16);
  std::array<std::uint8_t, 16> copy{};
  std::copy(bytes.begin(), bytes.end(), copy.begin());
  return base::hash128::from_bytes(copy);
}

} // namespace

base::hash128 hash_payload(const base::hash128& salt, std::string_view bytes) {
  const auto key = salt.bytes();
  const std::string_view view{reinterpret_cast<const char*>(key.data()), key.size()};
  return base::digest128{view}.add(bytes).finish();
}

base::hash128 hash_stored_payload(std::string_view stored) {
  return base::digest128{stored.substr(0, payload_salt_bytes)}
      .add(stored.substr(payload_salt_bytes))
      .finish();
}

sealed_payload seal_payload(const base::hash128& salt, std::string_view bytes) {
  sealed_payload sealed;
  sealed.hash = hash_payload(salt, bytes);
  const auto prefix = salt.bytes();
  sealed.stored.reserve(prefix.size() + bytes.size());
  sealed.stored.assign(prefix.begin(), prefix.end());
  sealed.stored.append(bytes);
  return sealed;
}

base::hash128 running_hash(const base::hash128& previous, const entry_header& header) {
  std::array<char, hashed_bytes> part;
  pack_hashed_part(header, part.data());
  return chain(previous, {part.data(), part.size()});
}

std::string seal_header(const base::hash128& previous, entry_header& header) {
  std::string out(header_bytes, '\0');
  pack_hashed_part(header, out.data());
  header.running = chain(previous, {out.data(), hashed_bytes});
  packer{out.data() + hashed_bytes}.hash(header.running);
  return out;
}

std::string encode_header(const entry_header& header) {
  std::string out(header_bytes, '\0');
  pack_hashed_part(header, out.data());
  packer{out.data() + hashed_bytes}.hash(header.running);
  return out;
}

base::result<entry_header> decode_header(std::string_view bytes) {
  base::reader in{bytes};
  const auto version = in.u8();
  if (!in.bad() && version > header_version)
    return {base::errc::unsupported_format, "entry header version=" + std::to_string(version)};
  if (version != header_version || bytes.size() != header_bytes)
    return {base::errc::corrupt, "entry header of " + std::to_string(bytes.size()) + " bytes"};
  entry_header h;
  h.kind = in.u8();
  h.space.value = read_hash(in);
  h.origin.value = read_hash(in);
  h.sequence = in.u64();
  h.stamp.value = in.u64();
  h.operation = read_hash(in);
  h.payload_hash = read_hash(in);
  h.payload_bytes = in.u32();
  h.running = read_hash(in);
  return h;
}

std::string encode_payload(const entry_payload& payload) {
  const auto salt = payload.salt.bytes();
  std::string out(salt.begin(), salt.end());
  out.append(payload.bytes);
  return out;
}

base::result<entry_payload> decode_payload(std::string_view bytes) {
  if (bytes.size() < payload_salt_bytes)
    return {base::errc::corrupt, "payload of " + std::to_string(bytes.size()) + " bytes"};
  base::reader in{bytes};
  entry_payload payload;
  payload.salt = read_hash(in);
  payload.bytes = bytes.substr(payload_salt_bytes);
  return payload;
}

std::string entry_key(std::uint32_t space, std::uint32_t origin, std::uint64_t sequence) {
  std::string key(entry_key_bytes, '\0');
  for (std::size_t i = 0; i < 4; ++i) key[i] = static_cast<char>(space >> (8 * (3 - i)));
  for (std::size_t i = 0; i < 4; ++i) key[4 + i] = static_cast<char>(origin >> (8 * (3 - i)));
  for (std::size_t i = 0; i < 8; ++i) key[8 + i] = static_cast<char>(sequence >> (8 * (7 - i)));
  return key;
}

base::result<entry_place> parse_entry_key(std::string_view key) {
  base::reader in{key};
  entry_place place{in.u32_be(), in.u32_be(), in.u64_be()};
  if (!in.done()) return {base::errc::corrupt, "entry key=" + base::to_hex(key)};
  return place;
}

} // namespace engram::storage

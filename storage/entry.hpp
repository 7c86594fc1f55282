#pragma once
// A log entry: header and payload apart, each under its own key, so that a payload can be erased
// and leave a valid log. docs/formats/disk.md gives the bytes.
//
// Invariant: running = digest(previous running, this header without `running`), so two logs of one
// origin that agree at (sequence, running) agree on everything before.

#include "base/hash.hpp"
#include "base/hlc.hpp"
#include "base/id.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace engram::storage {

struct entry_header {
  base::space_id space;
  base::origin_id origin;
  std::uint64_t sequence = 0; // 1, 2, 3 ... per (space, origin)
  base::hlc stamp;
  std::uint8_t kind = 0;      // memory::entry_kind or membership's; opaque here
  base::hash128 operation;    // hash of the operation id
  base::hash128 payload_hash; // keyed with the payload's salt
  std::uint32_t payload_bytes = 0;
  base::hash128 running;

  friend bool operator==(const entry_header&, const entry_header&) = default;
};

/// Payload as stored: 16 bytes of salt, then the bytes. An empty stored value means: erased.
struct entry_payload {
  base::hash128 salt;
  std::string bytes;

  friend bool operator==(const entry_payload&, const entry_payload&) = default;
};

struct entry {
  entry_header header;
  entry_payload payload;
  bool erased = false; // header kept, payload gone
};

/// A payload ready for the log writer: the hashing is done, on whatever thread prepared it.
struct sealed_payload {
  std::string stored; // encode_payload()'s bytes
  base::hash128 hash;
};
sealed_payload seal_payload(const base::hash128& salt, std::string_view bytes);

base::hash128 hash_payload(const base::hash128& salt, std::string_view bytes);
/// Requires: at least the salt.
base::hash128 hash_stored_payload(std::string_view stored);
base::hash128 running_hash(const base::hash128& previous, const entry_header& header);
/// Sets header.running from `previous` and returns the encoded header.
std::string seal_header(const base::hash128& previous, entry_header& header);

std::string encode_header(const entry_header& header);
/// errc::corrupt: not a header. errc::unsupported_format: written by a later version.
base::result<entry_header> decode_header(std::string_view bytes);
std::string encode_payload(const entry_payload& payload);
/// errc::corrupt: too short, or erased (empty).
base::result<entry_payload> decode_payload(std::string_view bytes);
/// Bytes of salt in front of a stored payload.
inline constexpr std::size_t payload_salt_bytes = 16;

// Keys: local numbers, big endian. space u32, origin u32, sequence u64.
inline constexpr std::size_t entry_key_bytes = 16;
std::string entry_key(std::uint32_t space, std::uint32_t origin, std::uint64_t sequence);

struct entry_place {
  std::uint32_t space = 0, origin = 0;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const entry_place&, const entry_place&) = default;
};
/// errc::corrupt when the key is not one of entry_key's.
base::result<entry_place> parse_entry_key(std::string_view key);

} // namespace engram::storage

#pragma once
// A log entry: header and payload apart, each under its own key, so that a payload can be erased and
// leave a valid log. docs/formats/disk.md gives the bytes.
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

/// Payload as stored: 16 bytes of salt, then the bytes.
struct entry_payload {
  base::hash128 salt;
  std::string bytes;
};

struct entry {
  entry_header header;
  entry_payload payload;
  bool erased = false; // header kept, payload gone
};

base::hash128 hash_payload(const base::hash128& salt, std::string_view bytes);
base::hash128 running_hash(const base::hash128& previous, const entry_header& header);

std::string encode_header(const entry_header& header);
base::result<entry_header> decode_header(std::string_view bytes);
std::string encode_payload(const entry_payload& payload);
base::result<entry_payload> decode_payload(std::string_view bytes);

// Keys: local numbers, big endian. space u32, origin u32, sequence u64.
std::string entry_key(std::uint32_t space, std::uint32_t origin, std::uint64_t sequence);

} // namespace engram::storage

#pragma once
// What replication has to know of the keys of state items: which carry a local origin number, that
// must be translated between stores, and which refer to a payload. Everything else is opaque.

#include "base/bytes.hpp"
#include "storage/entry.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace engram::storage {

inline std::string space_prefix(std::uint32_t space) {
  base::writer out;
  out.u32_be(space);
  return std::move(out).take();
}

/// 'E' and 'D' items (docs/formats/disk.md): kind, origin u32, sequence u64. `space` is left 0.
inline std::optional<entry_place> body_place(std::string_view relative) {
  if (relative.size() != 13 || (relative[0] != 'E' && relative[0] != 'D')) return std::nullopt;
  base::reader in{relative.substr(1)};
  const auto origin = in.u32_be();
  return entry_place{0, origin, in.u64_be()};
}

/// Behind the state a snapshot carries the source's log, under this kind instead of a state item's.
inline constexpr char log_item_kind = '\xff';

/// 'E', 'D' and log items carry an origin's number.
inline std::optional<entry_place> numbered_place(std::string_view relative) {
  if (relative.size() != 13 || relative[0] != log_item_kind) return body_place(relative);
  base::reader in{relative.substr(1)};
  const auto origin = in.u32_be();
  return entry_place{0, origin, in.u64_be()};
}

inline std::string body_key(char kind, std::uint32_t origin, std::uint64_t sequence) {
  base::writer out;
  out.u8(static_cast<std::uint8_t>(kind));
  out.u32_be(origin);
  out.u64_be(sequence);
  return std::move(out).take();
}

} // namespace engram::storage

#pragma once
// Operations as bytes: what a log entry's payload says, for ever. One operation has exactly one
// encoding, so the bytes are the input of the content hash as well (docs/adr/0002).
//
//   payload = kind u8, then fields in ascending tag order: tag u8, length var, value
//
// A field that holds its default is absent. Lists are one field of (length var, bytes) items,
// sorted, without repeats. A tag above the known ones means a newer writer: unsupported_format.
// Anything else unexpected, a second encoding of the same value too, is errc::corrupt. Pure; never
// throws on any bytes. docs/formats/disk.md lists the tags.

#include "base/hash.hpp"
#include "base/result.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace engram::memory {

/// Confidence and weight are kept in steps of 1/65535.
std::uint16_t unit_to_steps(double x) noexcept; // Requires: 0 <= x <= 1
inline double steps_to_unit(std::uint16_t steps) noexcept { return steps / 65535.0; }

/// The one form among equals: lists sorted, unique, without empty items; confidence and weight at
/// their steps; accesses at whole seconds. Idempotent.
void canonicalise(operation& what);

entry_kind kind_of(const operation& what) noexcept;

struct encoded {
  std::string payload;
  base::hash128 content; // over the payload without `order`
};
/// Requires: canonical form.
encoded encode(const operation& what);

/// Inverse of encode. Ensures: encode(decode(bytes)) == bytes.
base::result<operation> decode(entry_kind kind, std::string_view payload);

/// The content hash of a payload that decode() accepted.
base::hash128 content_hash(const operation& what);

} // namespace engram::memory

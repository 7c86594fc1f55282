#pragma once
// Strong 128-bit names. Each is its own type: an origin is never passed for a store.

#include "base/hash.hpp"

#include <functional>

namespace engram::base {

template <class Tag>
struct id128 {
  hash128 value;

  friend auto operator<=>(const id128&, const id128&) = default;
  bool is_zero() const noexcept { return value.is_zero(); }
  std::string hex() const { return value.hex(); }
};

template <class Tag>
struct id128_hasher {
  std::size_t operator()(const id128<Tag>& id) const noexcept { return hash128_hasher{}(id.value); }
};

/// One run of a store; drawn at process start, never used again.
using origin_id = id128<struct origin_tag>;
/// One data folder.
using store_id = id128<struct store_tag>;
/// hash(name, generation, embedding dimension, text language).
using space_id = id128<struct space_tag>;
/// hash(space identity, client-given memory id): what graves and the state are keyed by.
using memory_key = id128<struct memory_tag>;

} // namespace engram::base

template <class Tag>
struct std::hash<engram::base::id128<Tag>> : engram::base::id128_hasher<Tag> {};
template <>
struct std::hash<engram::base::hash128> : engram::base::hash128_hasher {};

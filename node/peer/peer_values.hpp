#pragma once
// Internal to peer/: hashes and ids as the 16 bytes they are on the wire.

#include "node/rpc/codec.hpp"

namespace engram::node {

/// `use` gets the bytes for the length of the call.
template <class Use>
void with_bytes(const base::hash128& hash, Use use) {
  const auto bytes = hash.bytes();
  use(capnp::Data::Reader(bytes.data(), bytes.size()));
}

/// errc::malformed_message unless it is 16 bytes.
inline base::result<base::hash128> decode_hash(capnp::Data::Reader bytes) {
  if (bytes.size() != 16)
    return {base::errc::malformed_message, "an id of " + std::to_string(bytes.size()) + " bytes"};
  return base::hash128::from_bytes(std::span<const std::uint8_t, 16>(bytes.begin(), 16));
}

inline void encode_keys(const std::vector<base::memory_key>& from,
                        capnp::List<capnp::Data>::Builder into) {
  for (unsigned i = 0; i < into.size(); ++i)
    with_bytes(from[i].value, [&](auto bytes) { into.set(i, bytes); });
}
inline base::result<std::vector<base::memory_key>>
decode_keys(capnp::List<capnp::Data>::Reader from) {
  std::vector<base::memory_key> out;
  out.reserve(from.size());
  for (auto bytes : from) {
    TRY_ASSIGN(const auto key, decode_hash(bytes));
    out.push_back({key});
  }
  return out;
}

} // namespace engram::node

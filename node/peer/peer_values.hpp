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

} // namespace engram::node

#pragma once
// How two members prove to each other that they know the cluster's key without showing it: each
// digests both hellos, whose nonces are fresh, under the key. The first key of a ring proves; any
// of it is accepted, so that a ring can be rotated member by member. Pure.

#include "actors/ports.hpp"

#include <span>

namespace engram::node {

struct peer_hello {
  actors::peer_identity who;
  base::hash128 nonce;
};

/// Who speaks: a proof of one side is none of the other's.
enum class peer_side : std::uint8_t { dialled = 1, answered = 2 };

/// Empty ring: an empty proof, which only an empty ring accepts.
std::string prove(std::span<const std::string> keys, peer_side speaker, const peer_hello& dialling,
                  const peer_hello& answering);
bool is_proof(std::string_view proof, std::span<const std::string> keys, peer_side speaker,
              const peer_hello& dialling, const peer_hello& answering);

/// A name in a list of seeds may stand for the very node that dials it.
inline bool is_same_run(const actors::peer_identity& a, const actors::peer_identity& b) {
  return a.store == b.store && a.origin == b.origin;
}
/// errc::incompatible: no common feature level.
base::result<void> check_features(const actors::peer_identity& self,
                                  const actors::peer_identity& other);
/// Whether a member may be spoken with. errc::incompatible: another cluster, or no common feature
/// level. errc::duplicate_store: it is this very store.
base::result<void> check_peer(const actors::peer_identity& self,
                              const actors::peer_identity& other);

} // namespace engram::node

#include "node/peer/peer_proof.hpp"

#include <algorithm>

namespace engram::node {

namespace {

void add(base::digest128& to, const peer_hello& hello) {
  to.add(hello.who.cluster).add(hello.who.store.value).add(hello.who.origin.value);
  to.add(hello.who.feature_min).add(hello.who.feature_max);
  to.add_field(hello.who.address).add(hello.nonce);
}

std::string proof_under(const std::string& key, peer_side speaker, const peer_hello& dialling,
                        const peer_hello& answering) {
  base::digest128 digest(key);
  digest.add_field("engram peer").add(static_cast<std::uint64_t>(speaker));
  add(digest, dialling);
  add(digest, answering);
  const auto bytes = digest.finish().bytes();
  return {bytes.begin(), bytes.end()};
}

/// Takes the same time wherever they differ.
bool equal(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  int difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
  return difference == 0;
}

} // namespace

std::string prove(std::span<const std::string> keys, peer_side speaker, const peer_hello& dialling,
                  const peer_hello& answering) {
  return keys.empty() ? std::string() : proof_under(keys[0], speaker, dialling, answering);
}

bool is_proof(std::string_view proof, std::span<const std::string> keys, peer_side speaker,
              const peer_hello& dialling, const peer_hello& answering) {
  if (keys.empty()) return proof.empty();
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return equal(proof, proof_under(key, speaker, dialling, answering));
  });
}

base::result<void> check_peer(const actors::peer_identity& self,
                              const actors::peer_identity& other) {
  if (other.cluster != self.cluster)
    return {base::errc::incompatible, "it belongs to cluster " + other.cluster.hex()};
  if (other.store == self.store)
    return {base::errc::duplicate_store, "it says it is this very store " + self.store.hex()};
  return check_features(self, other);
}

base::result<void> check_features(const actors::peer_identity& self,
                                  const actors::peer_identity& other) {
  if (other.feature_min > self.feature_max || other.feature_max < self.feature_min)
    return {base::errc::incompatible, "no common feature level: it speaks " +
                                          std::to_string(other.feature_min) + " to " +
                                          std::to_string(other.feature_max)};
  return base::success();
}

} // namespace engram::node

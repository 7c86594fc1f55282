#pragma once
// Sealing bytes so that only holders of a key read or make them: XChaCha20-Poly1305 (libsodium).
// What is "associated" is vouched for but not hidden. The key ring is how a key is changed without
// a pause: its first key seals, every key opens (docs/formats/gossip.md tells the steps).
//
// Values without threads of their own. Invariant on the caller: one nonce seals one text, ever.

#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engram::base {

inline constexpr std::size_t AEAD_KEY_BYTES = 32;
inline constexpr std::size_t AEAD_NONCE_BYTES = 24;
inline constexpr std::size_t AEAD_TAG_BYTES = 16; // what sealing adds

/// Wiped from memory when it goes.
class aead_key {
public:
  explicit aead_key(std::span<const std::uint8_t, AEAD_KEY_BYTES> bytes) noexcept;
  /// 64 hex digits. errc::invalid_argument, which never repeats the text.
  static result<aead_key> parse(std::string_view hex);
  ~aead_key();
  aead_key(const aead_key&) = default;
  aead_key& operator=(const aead_key&) = default;

  const unsigned char* data() const noexcept { return bytes_.data(); }
  /// Names the key without giving it away; for logs and for comparing members: 8 hex digits.
  std::string fingerprint() const;

private:
  std::array<std::uint8_t, AEAD_KEY_BYTES> bytes_;
};

class key_ring {
public:
  static constexpr std::size_t KEYS_MAX = 8;

  /// Without keys: seals nothing, opens nothing.
  key_ring() = default;
  /// Each of 64 hex digits; the first seals. errc::invalid_argument: malformed, more than KEYS_MAX,
  /// or one key twice.
  static result<key_ring> parse(std::span<const std::string> hex_keys);

  bool empty() const noexcept { return keys_.empty(); }
  const std::vector<aead_key>& keys() const noexcept { return keys_; }

  using nonce = std::span<const std::uint8_t, AEAD_NONCE_BYTES>;
  /// `plain` encrypted, then the tag. Requires: !empty().
  std::string seal(nonce once, std::string_view plain, std::string_view associated) const;
  /// nullopt: no key of the ring sealed this with that nonce and association.
  std::optional<std::string> open(nonce once, std::string_view sealed,
                                  std::string_view associated) const;

private:
  std::vector<aead_key> keys_;
};

} // namespace engram::base

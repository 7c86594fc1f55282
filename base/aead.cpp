#include "base/aead.hpp"

#include "base/bytes.hpp"
#include "base/hash.hpp"

#include <algorithm>
#include <sodium.h>

namespace engram::base {

static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == AEAD_KEY_BYTES);
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == AEAD_NONCE_BYTES);
static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == AEAD_TAG_BYTES);

namespace {

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

} // namespace

aead_key::aead_key(std::span<const std::uint8_t, AEAD_KEY_BYTES> bytes) noexcept {
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

result<aead_key> aead_key::parse(std::string_view hex) {
  auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != AEAD_KEY_BYTES) {
    return {errc::invalid_argument, "a key is 64 hex digits, 32 random bytes"};
  }
  const aead_key made(std::span<const std::uint8_t, AEAD_KEY_BYTES>(
      reinterpret_cast<const std::uint8_t*>(bytes->data()), AEAD_KEY_BYTES));
  sodium_memzero(bytes->data(), bytes->size());
  return made;
}

aead_key::~aead_key() { sodium_memzero(bytes_.data(), bytes_.size()); }

std::string aead_key::fingerprint() const {
  digest128 digest("engram key fingerprint");
  digest.add(std::string_view(reinterpret_cast<const char*>(bytes_.data()), bytes_.size()));
  return digest.finish().hex().substr(0, 8);
}

result<key_ring> key_ring::parse(std::span<const std::string> hex_keys) {
  key_ring ring;
  if (hex_keys.size() > KEYS_MAX) {
    return {errc::invalid_argument, "at most " + std::to_string(KEYS_MAX) + " keys"};
  }
  for (const std::string& hex : hex_keys) {
    TRY_ASSIGN(aead_key key, aead_key::parse(hex));
    const bool twice = std::any_of(ring.keys_.begin(), ring.keys_.end(), [&](const aead_key& k) {
      return sodium_memcmp(k.data(), key.data(), AEAD_KEY_BYTES) == 0;
    });
    if (twice) return {errc::invalid_argument, "one key twice: " + key.fingerprint()};
    ring.keys_.push_back(key);
  }
  return ring;
}

std::string key_ring::seal(nonce once, std::string_view plain, std::string_view associated) const {
  CHECK(!keys_.empty());
  std::string sealed(plain.size() + AEAD_TAG_BYTES, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed), nullptr, raw(plain), plain.size(),
                                             raw(associated), associated.size(), nullptr,
                                             once.data(), keys_.front().data());
  return sealed;
}

std::optional<std::string> key_ring::open(nonce once, std::string_view sealed,
                                          std::string_view associated) const {
  if (sealed.size() < AEAD_TAG_BYTES) return std::nullopt;
  std::string plain(sealed.size() - AEAD_TAG_BYTES, '\0');
  for (const aead_key& key : keys_) {
    const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
        raw(plain), nullptr, nullptr, raw(sealed), sealed.size(), raw(associated),
        associated.size(), once.data(), key.data());
    if (failed == 0) return plain;
  }
  return std::nullopt;
}

} // namespace engram::base

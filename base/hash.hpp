#pragma once
// Hashes that are part of the format: the same bytes give the same value for ever, on any machine.
// Two families. fast_* (XXH3, xxHash 0.8) for checksums, tables and the state hash, where nobody
// gains by forging. digest128 (BLAKE2b-128, RFC 7693) where a name or a promise hangs on it:
// content hashes, running hashes, memory and space identities.

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace engram::base {

struct hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const hash128&, const hash128&) = default;
  bool is_zero() const noexcept { return (high | low) == 0; }
  /// 32 lower-case hex digits, high first.
  std::string hex() const;
  /// 16 bytes, big endian (sorts as the value does).
  std::array<std::uint8_t, 16> bytes() const noexcept;
  static hash128 from_bytes(std::span<const std::uint8_t, 16> bytes) noexcept;
  /// Requires: 32 hex digits; false otherwise.
  static bool parse(std::string_view hex, hash128& out) noexcept;

  /// Sum per lane, wrapping: commutative, so a set of items has one sum in any order.
  hash128& operator+=(const hash128& other) noexcept;
  hash128& operator-=(const hash128& other) noexcept;
};

std::uint64_t fast_hash64(std::string_view bytes, std::uint64_t seed = 0) noexcept;
hash128 fast_hash128(std::string_view bytes, std::uint64_t seed = 0) noexcept;

/// BLAKE2b with a 16-byte output, fed in pieces. `key` may be empty, at most 64 bytes.
class digest128 {
public:
  explicit digest128(std::string_view key = {});
  digest128& add(std::string_view bytes);
  digest128& add(std::uint64_t value); // eight bytes, little endian
  digest128& add(const hash128& value);
  /// Length-prefixed, so that ("ab","c") and ("a","bc") differ.
  digest128& add_field(std::string_view bytes);
  /// Requires: called once.
  hash128 finish();

private:
  alignas(64) std::array<unsigned char, 384> state_; // crypto_generichash_blake2b_state
};

struct hash128_hasher {
  std::size_t operator()(const hash128& value) const noexcept {
    return static_cast<std::size_t>(value.low ^ (value.high * 0x9E3779B97F4A7C15ull));
  }
};

} // namespace engram::base

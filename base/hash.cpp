#include "base/hash.hpp"

#include "base/bytes.hpp"
#include "base/check.hpp"

#include <new>
#include <sodium.h>
#include <xxhash.h>

namespace engram::base {

namespace {

using blake_state = crypto_generichash_blake2b_state;

blake_state* as_blake(std::array<unsigned char, 384>& bytes) {
  static_assert(sizeof(blake_state) == 384 && alignof(blake_state) == 64);
  return std::launder(reinterpret_cast<blake_state*>(bytes.data()));
}

std::uint64_t load_be(const std::uint8_t* from) noexcept {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | from[i];
  return value;
}

} // namespace

std::string hash128::hex() const {
  const auto raw = bytes();
  return to_hex({reinterpret_cast<const char*>(raw.data()), raw.size()});
}

std::array<std::uint8_t, 16> hash128::bytes() const noexcept {
  std::array<std::uint8_t, 16> out;
  for (std::size_t i = 0; i < 8; ++i) {
    out[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
    out[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  return out;
}

hash128 hash128::from_bytes(std::span<const std::uint8_t, 16> bytes) noexcept {
  return {load_be(bytes.data()), load_be(bytes.data() + 8)};
}

bool hash128::parse(std::string_view hex, hash128& out) noexcept {
  const auto raw = hex.size() == 32 ? from_hex(hex) : std::nullopt;
  if (!raw) return false;
  reader in{*raw};
  out.high = in.u64_be();
  out.low = in.u64_be();
  return true;
}

hash128& hash128::operator+=(const hash128& other) noexcept {
  high += other.high;
  low += other.low;
  return *this;
}

hash128& hash128::operator-=(const hash128& other) noexcept {
  high -= other.high;
  low -= other.low;
  return *this;
}

std::uint64_t fast_hash64(std::string_view bytes, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

hash128 fast_hash128(std::string_view bytes, std::uint64_t seed) noexcept {
  const XXH128_hash_t value = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed);
  return {value.high64, value.low64};
}

digest128::digest128(std::string_view key) {
  CHECK(key.size() <= crypto_generichash_blake2b_KEYBYTES_MAX, key.size());
  ::new (state_.data()) blake_state;
  const auto* bytes = key.empty() ? nullptr : reinterpret_cast<const unsigned char*>(key.data());
  CHECK(crypto_generichash_blake2b_init(as_blake(state_), bytes, key.size(), 16) == 0);
}

digest128& digest128::add(std::string_view bytes) {
  crypto_generichash_blake2b_update(
      as_blake(state_), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return *this;
}

digest128& digest128::add(std::uint64_t value) {
  std::array<char, 8> little;
  for (std::size_t i = 0; i < 8; ++i) little[i] = static_cast<char>(value >> (8 * i) & 0xff);
  return add(std::string_view{little.data(), little.size()});
}

digest128& digest128::add(const hash128& value) {
  const auto raw = value.bytes();
  return add(std::string_view{reinterpret_cast<const char*>(raw.data()), raw.size()});
}

digest128& digest128::add_field(std::string_view bytes) {
  return add(std::uint64_t{bytes.size()}).add(bytes);
}

hash128 digest128::finish() {
  std::array<std::uint8_t, 16> out;
  CHECK(crypto_generichash_blake2b_final(as_blake(state_), out.data(), out.size()) == 0);
  return hash128::from_bytes(out);
}

} // namespace engram::base

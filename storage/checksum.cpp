#include "storage/checksum.hpp"

#include "base/bytes.hpp"
#include "base/hash.hpp"

#include <cstring>

namespace engram::storage {

std::array<char, checksum_bytes> checksum_of(column c, std::string_view key,
                                             std::string_view value) noexcept {
  // Chained by seed rather than concatenated: no copy, and the key's length cannot slide into the
  // value because each is hashed whole.
  const auto seed = base::fast_hash64(key, static_cast<std::uint64_t>(c));
  const auto sum = base::fast_hash64(value, seed);
  std::array<char, checksum_bytes> out;
  for (std::size_t i = 0; i < checksum_bytes; ++i) out[i] = static_cast<char>(sum >> (8 * i));
  return out;
}

base::result<std::string_view> verified_value(column c, std::string_view key,
                                              std::string_view stored) {
  if (stored.size() >= checksum_bytes) {
    const auto value = stored.substr(0, stored.size() - checksum_bytes);
    const auto sum = checksum_of(c, key, value);
    if (std::memcmp(sum.data(), stored.data() + value.size(), checksum_bytes) == 0) return value;
  }
  return {base::errc::corrupt, "checksum does not fit: " + describe_record(c, key)};
}

std::string_view to_string(column c) noexcept {
  switch (c) {
  case column::log:
    return "log";
  case column::payload:
    return "payload";
  case column::state:
    return "state";
  case column::meta:
    return "meta";
  }
  return "unknown";
}

std::string describe_record(column c, std::string_view key) {
  return "column=" + std::string{to_string(c)} + " key=" + base::to_hex(key);
}

} // namespace engram::storage

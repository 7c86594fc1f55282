#include "membership/api_key.hpp"

#include <algorithm>

namespace engram::membership {

namespace {

constexpr std::string_view prefix = "engram_";
constexpr std::size_t id_digits = 16, secret_digits = 64;

base::hash128 hash_secret(const base::hash128& salt, std::string_view secret) {
  const auto key = salt.bytes();
  return base::digest128({reinterpret_cast<const char*>(key.data()), key.size()})
      .add_field(secret)
      .finish();
}

} // namespace

drawn_key draw_key(std::string label, key_scope scope, std::vector<std::string> spaces,
                   base::instant now, base::entropy& entropy) {
  std::sort(spaces.begin(), spaces.end());
  spaces.erase(std::unique(spaces.begin(), spaces.end()), spaces.end());
  const auto id = entropy.draw().hex().substr(0, id_digits);
  drawn_key out;
  out.secret = std::string(prefix) + id + "_" + entropy.draw().hex() + entropy.draw().hex();
  const auto salt = entropy.draw();
  out.op = {id, std::move(label), scope, std::move(spaces), salt, hash_secret(salt, out.secret),
            now};
  return out;
}

std::optional<std::string> key_id_of(std::string_view secret) {
  if (secret.size() != prefix.size() + id_digits + 1 + secret_digits) return std::nullopt;
  if (!secret.starts_with(prefix) || secret[prefix.size() + id_digits] != '_') return std::nullopt;
  return std::string(secret.substr(prefix.size(), id_digits));
}

bool opens(const create_key_op& key, std::string_view secret) {
  const auto given = hash_secret(key.salt, secret);
  return ((given.high ^ key.secret_hash.high) | (given.low ^ key.secret_hash.low)) == 0;
}

} // namespace engram::membership

#pragma once
// Secrets of API keys: drawn once, shown once, kept as a salted hash. A secret names its key, so
// that looking it up compares one hash only, in constant time.

#include "base/random.hpp"
#include "membership/directory.hpp"

#include <optional>

namespace engram::membership {

struct drawn_key {
  create_key_op op;
  std::string secret; // "engram_<id>_<64 hex digits>"
};

/// `spaces` is brought into canonical form.
drawn_key draw_key(std::string label, key_scope scope, std::vector<std::string> spaces,
                   base::instant now, base::entropy& entropy);

/// The id that a secret claims; nothing is proven by it.
std::optional<std::string> key_id_of(std::string_view secret);

/// Thread: any. Time does not depend on where the hashes differ.
bool opens(const create_key_op& key, std::string_view secret);

} // namespace engram::membership

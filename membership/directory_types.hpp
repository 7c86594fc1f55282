#pragma once
// What the directory is about: spaces, API keys, the feature level; and the operations that its
// log, the log of the space `_cluster`, carries. Values only.

#include "base/hlc.hpp"
#include "base/id.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace engram::membership {

/// Persisted entry kinds; 1..31 belong to memory/ (memory/types.hpp).
enum class directory_kind : std::uint8_t {
  create_space = 32,
  drop_space = 33,
  create_key = 34,
  revoke_key = 35,
  raise_level = 36,
  retire_member = 37,
};

/// Persisted: do not change the values.
enum class key_scope : std::uint8_t { read = 0, write = 1, admin = 2 };

/// Everything a space's identity is made of.
struct space_name {
  std::string name;
  std::uint32_t generation = 1; // 1 + drops of that name known when it was created
  std::uint32_t dimension = 0;
  std::string language = "english";

  base::space_id identity() const;
  friend bool operator==(const space_name&, const space_name&) = default;
};

struct create_space_op {
  space_name what;
};
/// Carries the name as well: a drop counts for its name even before the creation is known.
struct drop_space_op {
  base::space_id identity;
  std::string name;
};
/// The secret is 256 random bits; what is kept cannot be turned back (BLAKE2b under `salt`).
struct create_key_op {
  std::string id;
  std::string label;
  key_scope scope = key_scope::read;
  std::vector<std::string> spaces; // names; empty = all; sorted, unique in canonical form
  base::hash128 salt;
  base::hash128 secret_hash;
  base::instant created;
};
struct revoke_key_op {
  std::string id;
};
struct raise_level_op {
  std::uint32_t level = 0;
};
/// For good: it hands over what it holds and leaves, or it is dead and nobody waits for it.
struct retire_member_op {
  base::store_id member;
};
using directory_op = std::variant<create_space_op, drop_space_op, create_key_op, revoke_key_op,
                                  raise_level_op, retire_member_op>;

/// The space that holds the directory; its name is outside the grammar, so no client can ask for
/// it.
inline constexpr std::string_view directory_name = "_cluster";
base::space_id directory_identity();

/// [a-z0-9][a-z0-9_-]{0,63}
bool valid_space_name(std::string_view name) noexcept;

directory_kind kind_of(const directory_op& op) noexcept;
/// One byte order per value; docs/formats/disk.md gives the tags.
std::string encode(const directory_op& op);
/// errc::unsupported_format: an unknown kind or field; errc::corrupt: not what encode() writes.
base::result<directory_op> decode_directory_op(std::uint8_t kind, std::string_view bytes);

} // namespace engram::membership

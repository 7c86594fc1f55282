#pragma once
// The state of the space `_cluster`: which spaces and API keys exist. A pure function of the set of
// its entries: apply() is total, and any order of the same entries gives the same rows, the same
// items and the same hash. Owner: one partition; not thread-safe.
//
// Rules: a space is its identity, equal creations are one (earliest stamp kept). A drop is a grave
// of the identity, before or after the creation. Of several live spaces of one name, the name means
// the smallest (stamp, identity). A key is its smallest (stamp, operation); revocation is a grave.
// The feature level only grows. A retired member stays retired.

#include "membership/directory_types.hpp"

#include <map>
#include <optional>
#include <set>

namespace engram::membership {

struct space_row {
  space_name what;
  base::space_id identity;
  base::hlc created;
};

struct key_row {
  create_key_op what;
  base::hlc stamp;
  base::hash128 operation;
  bool created = false; // false: so far only its revocation is known
  bool revoked = false;
};

/// One state item that an entry changed; keys hold no byte that a client gave.
struct directory_item {
  std::string key, value;
};

class directory {
public:
  // -- entries --
  std::vector<directory_item> apply(const directory_op& op, base::hlc stamp,
                                    const base::hash128& operation);
  /// Takes back what apply() returned, in any order; errc::corrupt or unsupported_format otherwise.
  base::result<void> load(std::string_view key, std::string_view value);
  /// Equal for equal sets of entries.
  base::hash128 state_hash() const noexcept { return sum_; }

  // -- spaces --
  /// The live space that the name means now; nullptr when there is none.
  const space_row* resolve(std::string_view name) const;
  /// nullptr when unknown or dropped.
  const space_row* find(const base::space_id& identity) const;
  bool dropped(const base::space_id& identity) const { return dropped_.contains(identity); }
  /// All that a name resolves to, by name.
  std::vector<space_row> resolvable() const;
  std::uint32_t next_generation(std::string_view name) const;
  /// The live space the request means, or none: then `next_generation` names the one to create.
  /// Errors: invalid_name; space_exists when the name means a space with another specification.
  base::result<std::optional<space_row>>
  admit_create(const std::string& name, std::uint32_t dimension, const std::string& language) const;

  // -- members --
  bool retired(const base::store_id& member) const { return retired_.contains(member); }

  // -- keys and level --
  const key_row* key(std::string_view id) const;
  std::vector<key_row> keys() const; // by id
  std::uint32_t level() const noexcept { return level_; }

private:
  struct name_row {
    std::set<std::pair<base::hlc, base::space_id>> live;
    std::set<base::space_id> drops;
  };

  std::vector<directory_item> apply_create(const create_space_op& op, base::hlc stamp);
  std::vector<directory_item> apply_drop(const drop_space_op& op);
  std::vector<directory_item> apply_key(const create_key_op& op, base::hlc stamp,
                                        const base::hash128& operation);
  std::vector<directory_item> apply_revoke(const std::string& id);
  std::vector<directory_item> apply_level(std::uint32_t level);
  std::vector<directory_item> apply_retired(const base::store_id& member);
  void take_space(space_row row);
  void take_drop(const base::space_id& identity, const std::string& name);
  void count(const directory_item* before, const directory_item& after);

  std::map<base::space_id, space_row> spaces_; // dropped ones stay: their creation is known
  std::set<base::space_id> dropped_;
  std::map<std::string, name_row, std::less<>> names_;
  std::map<std::string, key_row, std::less<>> keys_;
  std::set<base::store_id> retired_;
  std::uint32_t level_ = 0;
  base::hash128 sum_;
};

} // namespace engram::membership

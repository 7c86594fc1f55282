#pragma once
// State items of the directory: a first byte says what, a digest says which, canonical fields say
// the rest. One function each way.

#include "membership/directory.hpp"

namespace engram::membership {

directory_item item_of_space(const space_row& row);
directory_item item_of_drop(const base::space_id& identity, const std::string& name);
directory_item item_of_key(const key_row& row);
directory_item item_of_revocation(const std::string& id);
directory_item item_of_level(std::uint32_t level);
directory_item item_of_retired(const base::store_id& member);

struct drop_item {
  base::space_id identity;
  std::string name;
};
struct revocation_item {
  std::string id;
};
struct level_item {
  std::uint32_t level = 0;
};
struct retired_item {
  base::store_id member;
};
using directory_state =
    std::variant<space_row, drop_item, key_row, revocation_item, level_item, retired_item>;

/// errc::corrupt when the key is not the one its value belongs under.
base::result<directory_state> read_item(std::string_view key, std::string_view value);

} // namespace engram::membership

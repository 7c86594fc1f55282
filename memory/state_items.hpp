#pragma once
// State items: what a space keeps on disk beside its payloads. Keys are relative to the space and
// hold no byte a client gave; docs/formats/disk.md lists the layout. Private to memory/space.
//
//   E origin u32be sequence u64be  a version of a memory, named by the entry that brought its body
//   D origin u32be sequence u64be  another entry that holds the body of a memory (local)
//   G key   grave                  S key   suppress register      A key   access record
//   L key   explicit association   C key   setting register       H u16be sum of a hash bucket
//   (local)
//
// The state hash sees the logical item: E by (memory key, content) instead of local numbers; D and
// H not at all.

#include "base/hlc.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "memory/access.hpp"
#include "memory/published.hpp"
#include "memory/types.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace engram::memory {

/// When and by whom a register was written: the greater one wins.
struct register_stamp {
  base::hlc at;
  base::hash128 operation;
  friend auto operator<=>(const register_stamp&, const register_stamp&) = default;
};

struct episode_item {
  payload_ref ref;
  base::memory_key key;
  base::hash128 content;
  base::hlc stored_at;    // merges by minimum
  std::int64_t order = 0; // merges by minimum
};
struct duplicate_item {
  payload_ref ref;
  base::memory_key key;
};
struct grave_item {
  base::memory_key key;
};
struct suppress_item {
  base::memory_key key;
  register_stamp stamp;
  forget_mode mode = forget_mode::suppress;
};
struct access_item {
  base::memory_key key;
  access_record record;
};
struct association_item {
  base::memory_key key, source, target;
  std::string kind;
  std::uint16_t weight = 0; // steps of 1/65535
  register_stamp stamp;
};
struct setting_item {
  base::memory_key key;
  std::string name, value;
  register_stamp stamp;
};
struct bucket_item {
  std::uint16_t index = 0;
  base::hash128 sum;
};
using state_item = std::variant<episode_item, duplicate_item, grave_item, suppress_item,
                                access_item, association_item, setting_item, bucket_item>;

struct item_bytes {
  std::string key, value;
};
item_bytes encode_item(const state_item& item);
/// errc::corrupt or errc::unsupported_format (a letter of a newer version).
base::result<state_item> decode_item(std::string_view key, std::string_view value);

/// What the state hash adds; an empty key: nothing.
item_bytes logical_item(const state_item& item);

/// The key alone, for erasing.
std::string item_key(const state_item& item);

/// The reference inside an 'E' key; nullopt for other keys.
std::optional<payload_ref> episode_ref(std::string_view key) noexcept;

} // namespace engram::memory

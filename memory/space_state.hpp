#pragma once
// The tables behind space: memories by key, their versions, registers, associations. Private to
// memory/space*.cpp.
//
// How each field merges, so that the state is a function of the set of entries:
//   version of a memory   union by (key, content)      stored_at, order   minimum
//   access record         access_record::merge         graves             union; they win over all
//   suppress, association, setting   register: greatest (stamp, operation, value)
// A grave takes everything known under its key out of the state, and keeps out what comes later.
//
// Invariants: `hash` is the sum over all logical items; a subject with `grave` has no versions and
// no associations alive; ordinals are dense, one per version whose body is readable.

#include "memory/codec.hpp"
#include "memory/index/index.hpp"
#include "memory/key_table.hpp"
#include "memory/space.hpp"
#include "memory/state_items.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace engram::memory {

inline constexpr std::uint32_t no_row = key_table::none;

/// Everything that is named by a memory key: known or not yet, alive or not.
struct subject_row {
  base::memory_key key;
  std::uint32_t first_version = no_row;
  std::uint32_t first_out = no_row, first_in = no_row; // associations
  bool grave = false;
};

struct version_row {
  std::uint32_t subject = no_row;
  std::uint32_t next = no_row;    // of the same memory
  std::uint32_t ordinal = no_row; // none: the body is damaged
  payload_ref ref;
  base::hash128 content;
  base::hlc stored_at;
  std::int64_t order = 0;
};

struct association_row {
  std::uint32_t source = no_row, target = no_row; // subjects
  std::uint32_t next_out = no_row, next_in = no_row;
  base::memory_key key;
  std::uint32_t kind = 0; // index into kinds
  std::uint16_t weight = 0;
  bool dead = false; // an end was deleted
  register_stamp stamp;
};

struct suppress_row {
  register_stamp stamp;
  forget_mode mode = forget_mode::suppress;
};

struct setting_row {
  base::memory_key key;
  std::string value;
  register_stamp stamp;
};

struct space::state {
  explicit state(space_config c) : config(std::move(c)), index(config) {}

  // -- finding --
  std::uint32_t find_subject(const base::memory_key& key) const;
  std::uint32_t intern(const base::memory_key& key);
  std::uint32_t find_version(std::uint32_t subject, const base::hash128& content) const;
  std::uint32_t find_association(const base::memory_key& key) const;
  std::uint32_t intern_kind(const std::string& kind);
  bool suppressed(std::uint32_t subject) const;

  // -- rows as state items --
  episode_item item_of(const version_row& v) const;
  association_item item_of(const association_row& a) const;
  suppress_item item_of(std::uint32_t subject, const suppress_row& r) const;
  void put(const state_item& item);
  /// Takes the old item out of the hash and puts the new one in.
  void replace(const state_item& before, const state_item& after);
  void erase(const state_item& item);

  // -- applying --
  applied apply_remember(const entry_meta& meta, const prepared& p);
  applied apply_associate(const entry_meta& meta, const prepared& p);
  applied apply_forget(const entry_meta& meta, const prepared& p);
  applied apply_access(const entry_meta& meta, const prepared& p);
  applied apply_configure(const entry_meta& meta, const prepared& p);
  applied apply_purge(const prepared& p);
  applied merge_version(std::uint32_t version, const payload_ref& ref, base::hlc stored_at,
                        const prepared& p);
  void heal(version_row& v, const payload_ref& ref, const prepared& p);
  void bury(std::uint32_t subject);
  void bury_versions(std::uint32_t subject);
  void bury_associations(std::uint32_t subject);

  /// A new row without an ordinal.
  std::uint32_t add_version(const episode_item& item);
  /// Gives the version its ordinal and its place in the index.
  void index_version(version_row& v, std::shared_ptr<const episode> what,
                     std::shared_ptr<const analysed> words);
  std::uint32_t add_association(const association_item& item);
  void show(std::uint32_t subject);        // visibility of all versions
  void show_access(std::uint32_t subject); // access record to all versions
  void show_edge(const association_row& a);

  std::size_t table_bytes() const;

  space_config config;
  memory::index index;

  std::vector<subject_row> subjects;
  key_table subject_table;
  std::vector<version_row> versions;
  std::vector<association_row> associations;
  key_table association_table;
  std::vector<std::string> kinds;
  std::map<std::string, std::uint32_t, std::less<>> kind_numbers;

  // By subject; few have one.
  std::unordered_map<std::uint32_t, suppress_row> suppressions;
  std::unordered_map<std::uint32_t, std::shared_ptr<const access_record>> accesses;
  std::unordered_map<std::uint32_t, std::vector<payload_ref>> duplicates;
  std::map<std::string, setting_row, std::less<>> settings;

  state_hash hash;
  std::map<std::string, std::optional<std::string>> changes; // nullopt: erase
  std::vector<payload_ref> payload_erases;

  pages<payload_ref> payloads; // by ordinal
  std::uint64_t graves = 0, damaged = 0, live_associations = 0;
  std::uint64_t erased_versions = 0; // had an ordinal and were deleted
  std::uint64_t purges = 0;          // see published

  std::shared_ptr<const published> last; // nullptr: something changed since
  std::shared_ptr<const std::vector<base::memory_key>> last_damaged, last_suppressed;

  // While loading.
  std::map<std::uint16_t, base::hash128> stored_buckets;
  load_report report;
};

} // namespace engram::memory

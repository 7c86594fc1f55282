#include "memory/space.hpp"

#include "memory/settings.hpp"
#include "memory/space_state.hpp"

#include <algorithm>

namespace engram::memory {
namespace {

std::uint64_t hash_of(const base::memory_key& key) noexcept { return key.value.low; }

std::shared_ptr<const std::vector<base::memory_key>> sorted(std::vector<base::memory_key> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return std::make_shared<const std::vector<base::memory_key>>(std::move(keys));
}

bool contains(const std::shared_ptr<const std::vector<base::memory_key>>& keys,
              const base::memory_key& key) {
  return keys && std::binary_search(keys->begin(), keys->end(), key);
}

} // namespace

bool published::is_suppressed(const base::memory_key& key) const {
  return contains(suppressed, key);
}
bool published::is_damaged(const base::memory_key& key) const { return contains(damaged, key); }

// -- finding --

std::uint32_t space::state::find_subject(const base::memory_key& key) const {
  return subject_table.find(hash_of(key),
                            [&](std::uint32_t row) { return subjects[row].key == key; });
}

std::uint32_t space::state::intern(const base::memory_key& key) {
  const std::uint32_t found = find_subject(key);
  if (found != no_row) return found;
  const auto row = static_cast<std::uint32_t>(subjects.size());
  subjects.emplace_back().key = key;
  subject_table.insert(hash_of(key), row);
  return row;
}

std::uint32_t space::state::find_version(std::uint32_t subject,
                                         const base::hash128& content) const {
  std::uint32_t v = subjects[subject].first_version;
  while (v != no_row && versions[v].content != content) v = versions[v].next;
  return v;
}

std::uint32_t space::state::find_association(const base::memory_key& key) const {
  return association_table.find(hash_of(key),
                                [&](std::uint32_t row) { return associations[row].key == key; });
}

std::uint32_t space::state::intern_kind(const std::string& kind) {
  const auto [at, is_new] =
      kind_numbers.try_emplace(kind, static_cast<std::uint32_t>(kinds.size()));
  if (is_new) kinds.push_back(kind);
  return at->second;
}

bool space::state::suppressed(std::uint32_t subject) const {
  const auto at = suppressions.find(subject);
  return at != suppressions.end() && at->second.mode == forget_mode::suppress;
}

// -- rows as state items --

episode_item space::state::item_of(const version_row& v) const {
  return {v.ref, subjects[v.subject].key, v.content, v.stored_at, v.order};
}

association_item space::state::item_of(const association_row& a) const {
  return {a.key, subjects[a.source].key, subjects[a.target].key, kinds[a.kind], a.weight, a.stamp};
}

suppress_item space::state::item_of(std::uint32_t subject, const suppress_row& r) const {
  return {subjects[subject].key, r.stamp, r.mode};
}

void space::state::put(const state_item& item) {
  item_bytes bytes = encode_item(item);
  const item_bytes logical = logical_item(item);
  if (!logical.key.empty()) hash.add(logical.key, logical.value);
  changes[std::move(bytes.key)] = std::move(bytes.value);
}

void space::state::replace(const state_item& before, const state_item& after) {
  erase(before);
  put(after);
}

void space::state::erase(const state_item& item) {
  const item_bytes logical = logical_item(item);
  if (!logical.key.empty()) hash.subtract(logical.key, logical.value);
  changes[item_key(item)] = std::nullopt;
}

std::size_t space::state::table_bytes() const {
  const auto held = [](const auto& rows) { return rows.capacity() * sizeof(rows[0]); };
  const std::size_t node = 48; // a hash table's node beside its value, roughly
  return held(subjects) + held(versions) + held(associations) + subject_table.bytes() +
         association_table.bytes() + payloads.bytes() +
         suppressions.size() * (sizeof(suppress_row) + node) +
         accesses.size() * (sizeof(access_record) + 2 * node) + duplicates.size() * 2 * node;
}

// -- publishing --

space::space(space_config config) : state_(std::make_unique<state>(std::move(config))) {}
space::~space() = default;

state_changes space::drain() {
  state& s = *state_;
  const auto& touched = s.hash.changed();
  for (auto i = touched._Find_first(); i < touched.size(); i = touched._Find_next(i)) {
    auto bytes = encode_item(bucket_item{static_cast<std::uint16_t>(i), s.hash.bucket(i)});
    s.changes[std::move(bytes.key)] = std::move(bytes.value);
  }
  s.hash.clear_changed();

  state_changes out;
  for (auto& [key, value] : s.changes) {
    if (value) {
      out.puts.push_back({key, std::move(*value)});
    } else {
      out.erases.push_back(key);
    }
  }
  s.changes.clear();
  out.payload_erases = std::exchange(s.payload_erases, {});
  return out;
}

bool space::settle() {
  if (!state_->index.settle()) return false;
  state_->last.reset();
  return true;
}

std::shared_ptr<const published> space::publish() {
  state& s = *state_;
  if (s.last) return s.last;
  auto view = std::make_shared<published>();
  view->index = s.index.publish();
  view->payloads = s.payloads.share();
  std::map<std::string, std::string, std::less<>> values;
  for (const auto& [name, row] : s.settings) values.emplace(name, row.value);
  view->decay = decay_of(values);
  view->concepts = concepts_of(values);
  view->reconsolidation = reconsolidation_of(values);
  view->share_concepts = shares_concepts(values);
  view->counts = counts();
  view->state_hash = hash();
  view->purges = s.purges;

  if (!s.last_damaged) {
    std::vector<base::memory_key> keys;
    for (const auto& v : s.versions)
      if (s.damaged > 0 && v.ordinal == no_row && v.subject != no_row)
        keys.push_back(s.subjects[v.subject].key);
    s.last_damaged = sorted(std::move(keys));
  }
  if (!s.last_suppressed) {
    std::vector<base::memory_key> keys;
    for (const auto& [subject, row] : s.suppressions)
      if (row.mode == forget_mode::suppress) keys.push_back(s.subjects[subject].key);
    s.last_suppressed = sorted(std::move(keys));
  }
  view->damaged = s.last_damaged;
  view->suppressed = s.last_suppressed;
  s.last = std::move(view);
  return s.last;
}

// -- looking --

const space_config& space::config() const noexcept { return state_->config; }

space_counts space::counts() const {
  const state& s = *state_;
  space_counts c;
  for (const auto& [subject, row] : s.suppressions)
    if (row.mode == forget_mode::suppress)
      for (auto v = s.subjects[subject].first_version; v != no_row; v = s.versions[v].next)
        c.suppressed += s.versions[v].ordinal != no_row ? 1 : 0;
  c.memories = s.index.size() - s.erased_versions - c.suppressed;
  c.associations = s.live_associations;
  c.graves = s.graves;
  c.damaged = s.damaged;
  c.memory_bytes = s.index.memory_bytes() + s.table_bytes();
  return c;
}

base::hash128 space::hash() const { return state_->hash.digest(state_->config.identity); }

const base::hash128& space::hash_bucket(std::size_t i) const noexcept {
  return state_->hash.bucket(i);
}

} // namespace engram::memory

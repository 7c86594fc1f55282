#include "membership/directory.hpp"

#include "base/bytes.hpp"
#include "membership/directory_items.hpp"

#include <algorithm>
#include <tuple>

namespace engram::membership {

namespace {

base::hash128 hash_of(const directory_item& item) {
  base::writer bytes;
  bytes.field(item.key);
  bytes.field(item.value);
  return base::fast_hash128(bytes.view());
}

} // namespace

std::vector<directory_item> directory::apply(const directory_op& op, base::hlc stamp,
                                             const base::hash128& operation) {
  if (const auto* create = std::get_if<create_space_op>(&op)) return apply_create(*create, stamp);
  if (const auto* drop = std::get_if<drop_space_op>(&op)) return apply_drop(*drop);
  if (const auto* key = std::get_if<create_key_op>(&op)) return apply_key(*key, stamp, operation);
  if (const auto* revoke = std::get_if<revoke_key_op>(&op)) return apply_revoke(revoke->id);
  if (const auto* level = std::get_if<raise_level_op>(&op)) return apply_level(level->level);
  return apply_retired(std::get<retire_member_op>(op).member);
}

std::vector<directory_item> directory::apply_create(const create_space_op& op, base::hlc stamp) {
  const space_row row{op.what, op.what.identity(), stamp};
  const auto known = spaces_.find(row.identity);
  if (known != spaces_.end() && known->second.created <= stamp) return {};
  const auto after = item_of_space(row);
  if (known == spaces_.end()) {
    count(nullptr, after);
  } else {
    const auto before = item_of_space(known->second);
    count(&before, after);
  }
  take_space(row);
  return {after};
}

std::vector<directory_item> directory::apply_drop(const drop_space_op& op) {
  const auto named = names_.find(op.name);
  if (named != names_.end() && named->second.drops.contains(op.identity)) return {};
  const auto after = item_of_drop(op.identity, op.name);
  count(nullptr, after);
  take_drop(op.identity, op.name);
  return {after};
}

std::vector<directory_item> directory::apply_key(const create_key_op& op, base::hlc stamp,
                                                 const base::hash128& operation) {
  auto& row = keys_[op.id];
  const bool known = row.created;
  if (known && std::tie(row.stamp, row.operation) <= std::tie(stamp, operation)) return {};
  const auto before = item_of_key(row);
  row = {op, stamp, operation, true, row.revoked};
  const auto after = item_of_key(row);
  count(known ? &before : nullptr, after);
  return {after};
}

std::vector<directory_item> directory::apply_revoke(const std::string& id) {
  auto& row = keys_[id];
  if (row.revoked) return {};
  row.revoked = true;
  const auto after = item_of_revocation(id);
  count(nullptr, after);
  return {after};
}

std::vector<directory_item> directory::apply_level(std::uint32_t level) {
  if (level <= level_) return {};
  const auto before = item_of_level(level_);
  const auto after = item_of_level(level);
  count(level_ == 0 ? nullptr : &before, after);
  level_ = level;
  return {after};
}

std::vector<directory_item> directory::apply_retired(const base::store_id& member) {
  if (!retired_.insert(member).second) return {};
  const auto after = item_of_retired(member);
  count(nullptr, after);
  return {after};
}

void directory::take_space(space_row row) {
  auto& name = names_[row.what.name];
  if (const auto known = spaces_.find(row.identity); known != spaces_.end())
    name.live.erase({known->second.created, row.identity});
  if (!dropped_.contains(row.identity)) name.live.insert({row.created, row.identity});
  spaces_.insert_or_assign(row.identity, std::move(row));
}

void directory::take_drop(const base::space_id& identity, const std::string& name) {
  names_[name].drops.insert(identity);
  dropped_.insert(identity);
  if (const auto known = spaces_.find(identity); known != spaces_.end())
    names_[known->second.what.name].live.erase({known->second.created, identity});
}

void directory::count(const directory_item* before, const directory_item& after) {
  if (before != nullptr) sum_ -= hash_of(*before);
  sum_ += hash_of(after);
}

base::result<void> directory::load(std::string_view key, std::string_view value) {
  TRY_ASSIGN(auto state, read_item(key, value));
  if (auto* space = std::get_if<space_row>(&state)) {
    take_space(std::move(*space));
  } else if (const auto* drop = std::get_if<drop_item>(&state)) {
    take_drop(drop->identity, drop->name);
  } else if (auto* row = std::get_if<key_row>(&state)) {
    auto& mine = keys_[row->what.id];
    row->revoked = mine.revoked;
    mine = std::move(*row);
  } else if (const auto* revoked = std::get_if<revocation_item>(&state)) {
    keys_[revoked->id].revoked = true;
  } else if (const auto* retired = std::get_if<retired_item>(&state)) {
    retired_.insert(retired->member);
  } else {
    level_ = std::get<level_item>(state).level;
  }
  count(nullptr, {std::string(key), std::string(value)});
  return base::success();
}

const space_row* directory::resolve(std::string_view name) const {
  const auto found = names_.find(name);
  if (found == names_.end() || found->second.live.empty()) return nullptr;
  return &spaces_.at(found->second.live.begin()->second);
}

const space_row* directory::find(const base::space_id& identity) const {
  const auto found = spaces_.find(identity);
  return found == spaces_.end() || dropped(identity) ? nullptr : &found->second;
}

std::vector<space_row> directory::resolvable() const {
  std::vector<space_row> out;
  for (const auto& [name, row] : names_)
    if (!row.live.empty()) out.push_back(spaces_.at(row.live.begin()->second));
  return out;
}

std::uint32_t directory::next_generation(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? 1 : 1 + static_cast<std::uint32_t>(found->second.drops.size());
}

base::result<std::optional<space_row>> directory::admit_create(const std::string& name,
                                                               std::uint32_t dimension,
                                                               const std::string& language) const {
  if (!valid_space_name(name)) return {base::errc::invalid_name, "space=" + name.substr(0, 80)};
  const auto* row = resolve(name);
  if (row == nullptr) return std::optional<space_row>{};
  if (row->what.dimension != dimension || row->what.language != language)
    return {base::errc::space_exists, "space=" + name + " has dimension " +
                                          std::to_string(row->what.dimension) + " and language " +
                                          row->what.language};
  return std::optional<space_row>{*row};
}

const key_row* directory::key(std::string_view id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() || !found->second.created ? nullptr : &found->second;
}

std::vector<key_row> directory::keys() const {
  std::vector<key_row> out;
  for (const auto& [id, row] : keys_)
    if (row.created) out.push_back(row);
  return out;
}

} // namespace engram::membership

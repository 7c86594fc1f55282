#pragma once
// The only table of names: one row per setting. Flags, environment variables, the file's keys,
// --help and docs/configuration.md all come from here.

#include "node/config/config.hpp"

#include <span>
#include <string_view>
#include <variant>

namespace engram::node {

struct config_row {
  using text_member = std::string config::*;
  using number_member = std::uint64_t config::*;
  using switch_member = bool config::*;
  using address_member = address config::*;
  using addresses_member = std::vector<address> config::*;

  std::string_view group;
  std::string_view key; // in the file
  std::variant<text_member, number_member, switch_member, address_member, addresses_member> member;
  std::string_view value_name; // "HOST:PORT"; "" for a switch
  std::string_view help;
  std::uint64_t lowest = 0, highest = 0;          // of numbers
  std::span<const std::string_view> choices = {}; // of text; empty: any

  bool is_switch() const { return std::holds_alternative<switch_member>(member); }
  bool is_list() const { return std::holds_alternative<addresses_member>(member); }
  bool is_bytes() const { return value_name == "BYTES"; }
  std::string flag() const;        // --text-bytes-max
  std::string environment() const; // ENGRAM_TEXT_BYTES_MAX
  /// What may be written, for people: "1024 to 16777216", "text | json".
  std::string bounds() const;
  std::string get(const config& from) const;
  /// Lists grow by one. An error says what is wrong with the value, without naming the setting.
  base::result<void> set(config& into, std::string_view value) const;
};

std::span<const config_row> config_table();
const config_row* find_row(std::string_view key);
/// The known name nearest to `name` among `names`, or "" when none is near.
std::string nearest_name(std::string_view name, const std::vector<std::string>& names);

/// For --help and docs/configuration.md.
std::string config_help();
std::string config_document();

} // namespace engram::node

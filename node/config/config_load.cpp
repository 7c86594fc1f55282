#include "node/config/config_load.hpp"

#include "node/config/config_table.hpp"

#include <cstdlib>
#include <map>

namespace engram::node {

// Implemented in config_file.cpp: the only place that knows TOML.
void apply_file(const std::string& path, config& into, std::vector<std::string>& faults);

namespace {

struct action_flag {
  std::string_view flag;
  node_action action;
};
constexpr action_flag ACTIONS[] = {
    {"--help", node_action::help},
    {"-h", node_action::help},
    {"--version", node_action::version},
    {"--print-config-docs", node_action::print_config_docs},
    {"--check-config", node_action::check_config},
    {"--create-admin-key", node_action::create_admin_key},
};

struct given_flag {
  const config_row* row;
  std::string value;
};

struct command_line {
  std::vector<given_flag> flags;
  std::optional<std::string> file;
  node_action action = node_action::serve;
};

std::string unknown_flag(const std::string& name) {
  std::vector<std::string> names{"--config"};
  for (const auto& row : config_table()) names.push_back(row.flag());
  for (const auto& each : ACTIONS) names.emplace_back(each.flag);
  auto near = nearest_name(name, names);
  return name + ": no such flag" + (near.empty() ? "" : "; did you mean " + near + "?");
}

const config_row* row_of_flag(const std::string& name) {
  for (const auto& row : config_table()) {
    if (row.flag() == name) return &row;
  }
  return nullptr;
}

const action_flag* action_of(const std::string& name) {
  for (const auto& each : ACTIONS) {
    if (each.flag == name) return &each;
  }
  return nullptr;
}

command_line read_arguments(const std::vector<std::string>& arguments,
                            std::vector<std::string>& faults) {
  command_line read;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto equals = arguments[i].find('=');
    std::string name = arguments[i].substr(0, equals);
    std::optional<std::string> value;
    if (equals != std::string::npos) value = arguments[i].substr(equals + 1);

    if (const auto* action = action_of(name); action && !value) {
      read.action = action->action;
      continue;
    }
    const auto* row = row_of_flag(name);
    if (!row && name != "--config") {
      faults.push_back(unknown_flag(name));
      continue;
    }
    if (row && row->is_switch() && !value) value = "true";
    if (!value) {
      if (i + 1 == arguments.size()) {
        faults.push_back(name + ": needs a value");
        continue;
      }
      value = arguments[++i];
    }
    if (row)
      read.flags.push_back({row, std::move(*value)});
    else
      read.file = std::move(value);
  }
  return read;
}

void set_value(const config_row& row, std::string_view value, const std::string& source,
               config& into, std::vector<std::string>& faults) {
  auto done = row.set(into, value);
  if (!done) faults.push_back(source + ": " + done.error().context);
}

void clear_list(const config_row& row, config& into) {
  if (const auto* list = std::get_if<config_row::addresses_member>(&row.member))
    (into.**list).clear();
}

void apply_environment(const environment& variables, config& into,
                       std::vector<std::string>& faults) {
  for (const auto& row : config_table()) {
    auto name = row.environment();
    auto value = variables(name);
    if (!value) continue;
    if (!row.is_list()) {
      set_value(row, *value, name, into, faults);
      continue;
    }
    clear_list(row, into);
    std::size_t begin = 0;
    while (begin < value->size()) {
      auto end = std::min(value->find(',', begin), value->size());
      set_value(row, std::string_view(*value).substr(begin, end - begin), name, into, faults);
      begin = end + 1;
    }
  }
}

void apply_flags(const std::vector<given_flag>& flags, config& into,
                 std::vector<std::string>& faults) {
  std::map<const config_row*, int> seen;
  for (const auto& flag : flags) {
    // The first of a repeated flag replaces what weaker sources said; the rest add to it.
    if (flag.row->is_list() && seen[flag.row]++ == 0) clear_list(*flag.row, into);
    set_value(*flag.row, flag.value, flag.row->flag(), into, faults);
  }
}

void expand_home(const environment& variables, config& into, std::vector<std::string>& faults) {
  if (into.data != "~" && !into.data.starts_with("~/")) return;
  auto home = variables("HOME");
  if (!home || home->empty()) {
    faults.push_back("data: HOME is not set; give --data DIR");
    return;
  }
  into.data = *home + into.data.substr(1);
}

} // namespace

environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (!value) return std::nullopt;
    return value;
  };
}

std::vector<std::string> config::faults() const {
  std::vector<std::string> found;
  if (data.empty()) found.emplace_back("data: is empty");
  if (tls_cert.empty() != tls_key.empty()) {
    found.emplace_back("tls_cert, tls_key: one without the other");
  }
  for (const auto& [name, file] :
       {std::pair{"tls_client_ca", &tls_client_ca}, {"tls_peer_ca", &tls_peer_ca}}) {
    if (!file->empty() && tls_cert.empty())
      found.push_back(std::string(name) + ": needs tls_cert and tls_key");
  }
  if (zone.size() > 64) found.emplace_back("zone: longer than 64 bytes");
  if (!advertise.empty() && !parse_address(advertise))
    found.emplace_back("advertise: " + parse_address(advertise).error().context);
  if (gossip.is_wildcard() && advertise.empty())
    found.emplace_back("advertise: needed, since gossip binds every address");
  if (text_bytes_max > batch_bytes_max) {
    found.emplace_back("text_bytes_max: must not be above batch_bytes_max");
  }
  // Framing, ids and other fields come on top of the texts that batch_bytes_max counts.
  if (batch_bytes_max + batch_bytes_max / 4 > message_bytes_max) {
    found.emplace_back("message_bytes_max: must be at least 1.25 x batch_bytes_max");
  }
  if (message_bytes_max > connection_calls_bytes_max) {
    found.emplace_back("connection_calls_bytes_max: must not be below message_bytes_max");
  }
  if (deadline_ms > deadline_max_ms) {
    found.emplace_back("deadline_ms: must not be above deadline_max_ms");
  }
  auto same = [](const address& a, const address& b) { return a.port != 0 && a == b; };
  if (same(rpc, http)) found.emplace_back("rpc, http: both are " + rpc.text());
  return found;
}

loaded_config load_config(const std::vector<std::string>& arguments, const environment& variables) {
  loaded_config loaded;
  auto line = read_arguments(arguments, loaded.faults);
  loaded.action = line.action;

  auto file = line.file ? line.file : variables("ENGRAM_CONFIG");
  if (file && !file->empty()) apply_file(*file, loaded.settings, loaded.faults);
  apply_environment(variables, loaded.settings, loaded.faults);
  apply_flags(line.flags, loaded.settings, loaded.faults);
  expand_home(variables, loaded.settings, loaded.faults);

  auto relations = loaded.settings.faults();
  loaded.faults.insert(loaded.faults.end(), relations.begin(), relations.end());
  return loaded;
}

} // namespace engram::node

// The only place that knows TOML.
#include "node/config/config_table.hpp"

#include <toml++/toml.h>

namespace engram::node {

void apply_file(const std::string& path, config& into, std::vector<std::string>& faults);

namespace {

class file_reader {
public:
  file_reader(const std::string& path, config& into, std::vector<std::string>& faults)
      : path_(path), into_(into), faults_(faults) {}

  void read(const toml::table& table) {
    for (const auto& [key, node] : table) {
      const auto* row = find_row(key.str());
      if (row)
        read_value(*row, node);
      else
        fault(node, unknown(key.str()));
    }
  }

private:
  void read_value(const config_row& row, const toml::node& node) {
    if (const auto* list = node.as_array(); list && row.is_list()) {
      for (const auto& each : *list) read_scalar(row, each);
    } else {
      read_scalar(row, node);
    }
  }

  void read_scalar(const config_row& row, const toml::node& node) {
    std::string text;
    if (auto word = node.value_exact<std::string>())
      text = *word;
    else if (auto number = node.value_exact<std::int64_t>())
      text = std::to_string(*number);
    else if (auto flag = node.value_exact<bool>())
      text = *flag ? "true" : "false";
    else
      return fault(node, std::string(row.key) + ": wanted a string, a whole number or true/false");
    auto done = row.set(into_, text);
    if (!done) fault(node, std::string(row.key) + ": " + done.error().context);
  }

  static std::string unknown(std::string_view key) {
    std::vector<std::string> names;
    for (const auto& row : config_table()) names.emplace_back(row.key);
    auto near = nearest_name(key, names);
    return std::string(key) + ": no such key" +
           (near.empty() ? "" : "; did you mean " + near + "?");
  }

  void fault(const toml::node& node, const std::string& what) {
    faults_.push_back(path_ + ":" + std::to_string(node.source().begin.line) + ": " + what);
  }

  const std::string& path_;
  config& into_;
  std::vector<std::string>& faults_;
};

} // namespace

void apply_file(const std::string& path, config& into, std::vector<std::string>& faults) {
  try {
    auto table = toml::parse_file(path);
    file_reader(path, into, faults).read(table);
  } catch (const toml::parse_error& error) {
    auto line = error.source().begin.line;
    faults.push_back(path + (line ? ":" + std::to_string(line) : "") + ": " +
                     std::string(error.description()));
  }
}

} // namespace engram::node

// What people read about the settings, printed from the table.
#include "node/config/config_table.hpp"

#include <algorithm>

namespace engram::node {

namespace {

std::string escape_cell(std::string_view text) {
  std::string cell;
  for (char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

void append_wrapped(std::string& out, std::string_view text, std::size_t indent) {
  constexpr std::size_t WIDTH = 96;
  std::size_t column = indent;
  out.append(indent, ' ');
  bool first = true;
  while (!text.empty()) {
    auto end = std::min(text.find(' '), text.size());
    if (!first && column + 1 + end > WIDTH) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
      first = true;
    }
    if (!first) out += ' ', ++column;
    out += text.substr(0, end);
    column += end;
    first = false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  out += '\n';
}

} // namespace

std::string config_help() {
  std::string out =
      "engram node: run a node\n\n"
      "  engram node [--config FILE] [settings]\n\n"
      "With no settings it serves on loopback and keeps its data in your home folder.\n"
      "Each setting can be given in a TOML file, in the environment and as a flag; the\n"
      "later of these wins.\n\n"
      "  --config FILE           read settings from a TOML file (or ENGRAM_CONFIG)\n"
      "  --check-config          say whether the settings are good, and stop\n"
      "  --create-admin-key      with the node stopped: make an admin key, print it, stop\n"
      "  --print-config-docs     docs/configuration.md\n"
      "  --version, --help\n";
  const config defaults;
  std::string_view group;
  for (const auto& row : config_table()) {
    if (row.group != group) {
      group = row.group;
      out += "\n" + std::string(group) + "\n";
    }
    out += "  " + row.flag();
    if (!row.value_name.empty()) out += " " + std::string(row.value_name);
    if (auto standard = row.get(defaults); !standard.empty()) out += "   [" + standard + "]";
    out += "\n";
    append_wrapped(out, row.help, 6);
  }
  return out;
}

std::string config_document() {
  std::string out =
      "# Configuration\n\n"
      "Printed by `engram node --print-config-docs`; a test says when this page is out of date.\n\n"
      "A node needs no configuration. Each setting can be given in a TOML file (`--config FILE` "
      "or\n"
      "`ENGRAM_CONFIG`), in the environment and as a flag; the later of these wins. The flag is "
      "the\n"
      "key with dashes, the variable is the key in capitals behind `ENGRAM_`: `text_bytes_max`,\n"
      "`--text-bytes-max`, `ENGRAM_TEXT_BYTES_MAX`. Bytes may be written as `4096`, `64KiB`, "
      "`16MiB`\n"
      "or `1GiB`. A list is an array in the file, comma-separated in the environment, and a "
      "repeated\n"
      "flag. An unknown key is an error, and all faults are reported at once (exit code 2). "
      "Settings\n"
      "are read when the node starts.\n";
  const config defaults;
  std::string_view group;
  for (const auto& row : config_table()) {
    if (row.group != group) {
      group = row.group;
      out += "\n## " + std::string(group) +
             "\n\n| key | default | may be | meaning |\n"
             "| --- | --- | --- | --- |\n";
    }
    auto bounds = row.bounds();
    if (bounds.empty()) bounds = row.value_name;
    auto standard = row.get(defaults);
    if (!standard.empty()) standard = "`" + standard + "`";
    out += "| `" + std::string(row.key) + "` | " + standard + " | " + escape_cell(bounds) + " | " +
           escape_cell(row.help) + " |\n";
  }
  return out;
}

} // namespace engram::node

#include "node/config/config_load.hpp"
#include "node/config/config_table.hpp"

#include "node/testing/temporary_folder.hpp"
#include "tests/support/doctest.hpp"

#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace engram;
using namespace engram::node;

namespace {

environment variables(std::map<std::string, std::string> values) {
  values.emplace("HOME", "/users/somebody");
  return [values](const std::string& name) -> std::optional<std::string> {
    auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

struct temporary_file {
  temporary_folder folder;
  std::string path = folder.path + "/engram.toml";
  explicit temporary_file(const std::string& content) { std::ofstream(path) << content; }
};

bool mentions(const std::vector<std::string>& faults, std::string_view what) {
  for (const auto& each : faults) {
    if (each.find(what) != std::string::npos) return true;
  }
  return false;
}

std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("without any setting a node serves on loopback from the home folder") {
    auto loaded = load_config({}, variables({}));
    CHECK(loaded.faults.empty());
    CHECK(loaded.action == node_action::serve);
    CHECK(loaded.settings.rpc.text() == "127.0.0.1:7433");
    CHECK(loaded.settings.http.text() == "127.0.0.1:7432");
    CHECK(loaded.settings.gossip.text() == "127.0.0.1:7434");
    CHECK(loaded.settings.data == "/users/somebody/.local/share/engram");
  }

  TEST_CASE("a flag outweighs the environment, which outweighs the file") {
    temporary_file file("text_bytes_max = 2048\nlog_level = 'warn'\nbatch_items_max = 7\n");
    auto env = variables({{"ENGRAM_TEXT_BYTES_MAX", "4096"}, {"ENGRAM_LOG_LEVEL", "error"}});
    auto loaded = load_config({"--config", file.path, "--text-bytes-max=8KiB"}, env);
    CHECK(loaded.faults.empty());
    CHECK(loaded.settings.text_bytes_max == 8192);
    CHECK(loaded.settings.log_level == "error");
    CHECK(loaded.settings.batch_items_max == 7);
  }

  TEST_CASE("a stronger source replaces a list as a whole") {
    temporary_file file("join = ['a:1', 'b:2']\n");
    auto from_file = load_config({"--config", file.path}, variables({}));
    CHECK(from_file.settings.join.size() == 2);
    auto from_env = load_config({"--config", file.path}, variables({{"ENGRAM_JOIN", "c:3"}}));
    REQUIRE(from_env.settings.join.size() == 1);
    CHECK(from_env.settings.join[0].text() == "c:3");
    auto from_flags =
        load_config({"--join", "d:4", "--join", "[::1]:5"}, variables({{"ENGRAM_JOIN", "c:3"}}));
    REQUIRE(from_flags.settings.join.size() == 2);
    CHECK(from_flags.settings.join[1].host == "::1");
  }

  TEST_CASE("every fault of every source is reported at once and names its source") {
    temporary_file file("log_level = 'loud'\ntext_bytes_mx = 5\n");
    auto loaded = load_config({"--config", file.path, "--htp", "x", "--rpc", "nowhere"},
                              variables({{"ENGRAM_CALLS_MAX", "many"}}));
    CHECK(mentions(loaded.faults, file.path + ":1: log_level"));
    CHECK(mentions(loaded.faults,
                   file.path + ":2: text_bytes_mx: no such key; did you mean text_bytes_max?"));
    CHECK(mentions(loaded.faults, "--htp: no such flag; did you mean --http?"));
    CHECK(mentions(loaded.faults, "--rpc: 'nowhere'"));
    CHECK(mentions(loaded.faults, "ENGRAM_CALLS_MAX: wanted a number"));
  }

  TEST_CASE("a file that is missing or is no TOML is a fault, not a crash") {
    CHECK(mentions(load_config({"--config", "/nowhere/at/all"}, variables({})).faults,
                   "/nowhere/at/all"));
    temporary_file broken("data = = 3\n");
    CHECK(
        mentions(load_config({"--config", broken.path}, variables({})).faults, broken.path + ":1"));
  }

  TEST_CASE("numbers are held to their bounds and bytes may carry a unit") {
    auto loaded = load_config({"--batch-items-max", "0", "--drain-ms", "5s", "--message-bytes-max",
                               "99999999999999999999"},
                              variables({}));
    CHECK(loaded.faults.size() == 3);
    CHECK(
        load_config({"--disk-reserve-bytes", "1GiB"}, variables({})).settings.disk_reserve_bytes ==
        1u << 30);
  }

  TEST_CASE("relations between settings are checked") {
    CHECK(mentions(load_config({"--tls-cert", "x"}, variables({})).faults, "tls_key"));
    CHECK(mentions(
        load_config({"--rpc", "127.0.0.1:5", "--http", "127.0.0.1:5"}, variables({})).faults,
        "both are"));
    CHECK(mentions(load_config({"--message-bytes-max", "1MiB"}, variables({})).faults,
                   "message_bytes_max"));
  }

  TEST_CASE("only literal addresses of this machine are loopback") {
    for (auto text : {"127.0.0.1:1", "127.8.9.1:1", "[::1]:1", "localhost:1"}) {
      CHECK(parse_address(text)->is_loopback());
    }
    for (auto text : {"0.0.0.0:1", "10.0.0.1:1", "[::]:1", "myhost:1", "127.example.org:1"}) {
      CHECK_FALSE(parse_address(text)->is_loopback());
    }
  }

  TEST_CASE("a malformed address is refused") {
    for (auto text :
         {"", ":", "x", "x:", "x:-1", "x:65536", "x:1y", "::1:7", "[::1:7", "a b:1", "x:1 "}) {
      CHECK_FALSE(parse_address(text));
    }
  }

  TEST_CASE("every row has its own key, a default within its bounds and help") {
    std::set<std::string_view> keys;
    for (const auto& row : config_table()) {
      CHECK(keys.insert(row.key).second);
      CHECK_FALSE(row.help.empty());
      config into;
      auto standard = row.get(into);
      if (!standard.empty() && !row.is_list()) CHECK(row.set(into, standard));
      CHECK(row.get(into) == standard);
      CHECK(config_help().find(row.flag()) != std::string::npos);
    }
    CHECK(config{}.faults().empty());
  }

  TEST_CASE("docs/configuration.md is what the table prints") {
    CHECK(file_text(ENGRAM_SOURCE_DIR "/docs/configuration.md") == config_document());
  }

} // TEST_SUITE

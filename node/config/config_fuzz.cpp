// Whatever a file, the environment or the arguments hold, the outcome is settings that can be used
// or sentences that say what is wrong.
#include "base/random.hpp"
#include "node/config/config_load.hpp"
#include "node/config/config_table.hpp"
#include "node/testing/temporary_folder.hpp"
#include "tests/support/damaged_text.hpp"
#include "tests/support/doctest.hpp"

#include <fstream>

using namespace engram;
using namespace engram::node;

namespace {

constexpr int ROUNDS = 1'500;

const std::string FILE_TEXT = "# a node\nrpc = '127.0.0.1:7433'\nhttp = \"[::1]:80\"\n"
                              "join = ['10.0.0.1:7434', '10.0.0.2:7434']\ntext_bytes_max = 4_096\n"
                              "memory_budget_bytes = '2GiB'\nlog_level = 'warn'\n"
                              "new_identity = true\ndrain_ms = 0x10\n";

std::optional<std::string> home_only(const std::string& name) {
  return name == "HOME" ? std::optional<std::string>("/users/somebody") : std::nullopt;
}

/// Every setting is one that its own row would take.
bool is_within_bounds(const config& settings) {
  for (const auto& row : config_table()) {
    if (row.is_list()) continue;
    config copy = settings;
    if (const auto text = row.get(settings); !text.empty() && !row.set(copy, text)) return false;
  }
  return settings.faults().empty();
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("any file gives settings within their bounds or faults that name the file") {
    const temporary_folder folder;
    const std::string path = folder.path + "/engram.toml";
    base::random random(33);
    int accepted = 0;
    for (int round = 0; round < ROUNDS; ++round) {
      CAPTURE(round);
      std::ofstream(path) << damaged_text(FILE_TEXT, random, "\n=\"'[]{}#_.x-");
      const auto loaded = load_config({"--config", path}, home_only);
      accepted += loaded.faults.empty();
      if (loaded.faults.empty()) CHECK(is_within_bounds(loaded.settings));
    }
    CHECK(accepted > ROUNDS / 20);
    CHECK(accepted < ROUNDS);
  }

  TEST_CASE("a deeply nested file is a fault") {
    const temporary_folder folder;
    const std::string path = folder.path + "/engram.toml";
    std::ofstream(path) << "join = " << std::string(100'000, '[');
    CHECK_FALSE(load_config({"--config", path}, home_only).faults.empty());
  }

  TEST_CASE("any arguments and variables give settings within their bounds or faults") {
    base::random random(34);
    const auto table = config_table();
    int accepted = 0;
    for (int round = 0; round < ROUNDS; ++round) {
      CAPTURE(round);
      std::vector<std::string> arguments;
      for (auto left = random.below(4); left > 0; --left) {
        const auto& row = table[random.below(table.size())];
        const config standard;
        arguments.push_back(
            damaged_text(row.flag() + "=" + row.get(standard), random, "=-:.[]0 ,"));
      }
      const auto& named = table[random.below(table.size())];
      const auto value = damaged_text(named.get(config{}), random, "=-:.[]0 ,");
      const auto loaded = load_config(arguments, [&](const std::string& name) {
        return name == named.environment() ? std::optional(value) : home_only(name);
      });
      accepted += loaded.faults.empty();
      if (loaded.faults.empty()) CHECK(is_within_bounds(loaded.settings));
    }
    CHECK(accepted > ROUNDS / 20);
    CHECK(accepted < ROUNDS);
  }

} // TEST_SUITE

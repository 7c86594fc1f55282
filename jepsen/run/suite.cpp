#include "jepsen/run/suite.hpp"

#include "jepsen/report/report.hpp"
#include "jepsen/stage/clock.hpp"
#include "jepsen/stage/sandbox.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace engram::jepsen {

namespace {

constexpr int EXIT_INVALID = 1, EXIT_UNKNOWN = 2;

void write_text(const std::string& file, const std::string& text) { std::ofstream(file) << text; }

void remove_data(const run_options& options) {
  std::error_code ignored;
  for (int node = 1; node <= 2 * options.nodes; ++node) {
    std::filesystem::remove_all(options.folder + "/n" + std::to_string(node), ignored);
    std::filesystem::remove_all(options.folder + "/copy" + std::to_string(node), ignored);
  }
}

run_options wish(std::string workload, std::vector<std::string> faults, int nodes, int seconds,
                 std::uint64_t seed) {
  run_options made;
  made.workload = std::move(workload);
  made.faults = std::move(faults);
  made.nodes = nodes;
  made.time = std::chrono::seconds(seconds);
  made.seed = seed;
  return made;
}

std::vector<run_options> short_suite(std::uint64_t seed) {
  return {
      wish("set", {"partition", "kill", "pause", "census"}, 5, 30, seed),
      wish("forget", {"partition:halves", "kill:minority"}, 5, 25, seed + 1),
      wish("causal", {"partition", "pause"}, 3, 20, seed + 2),
      wish("register", {"partition", "kill"}, 3, 20, seed + 3),
      wish("set", {"full-disk", "kill:one"}, 3, 25, seed + 4),
      wish("set", {"corrupt"}, 5, 25, seed + 5),
      wish("set", {"restart-all"}, 3, 20, seed + 6),
      wish("mixed", {"flapping", "loss", "kill"}, 5, 30, seed + 7),
      wish("stream", {"partition", "kill"}, 3, 20, seed + 8),
      wish("set", {"power:all"}, 3, 20, seed + 9),
      wish("forget", {"replace"}, 3, 20, seed + 10),
  };
}

/// For every commit: a minute, and a verdict that a busy machine cannot change (loses_data).
std::vector<run_options> smoke_suite(std::uint64_t seed) {
  return {wish("set", {"partition", "kill"}, 3, 20, seed),
          wish("forget", {"partition", "kill"}, 3, 20, seed + 1)};
}

std::vector<run_options> long_suite(std::uint64_t seed) {
  const std::vector<std::vector<std::string>> faults{{"partition"},
                                                     {"flapping"},
                                                     {"loss"},
                                                     {"kill"},
                                                     {"pause"},
                                                     {"stop"},
                                                     {"restart-all"},
                                                     {"full-disk"},
                                                     {"corrupt"},
                                                     {"restore"},
                                                     {"clone"},
                                                     {"clock"},
                                                     {"strobe"},
                                                     {"power"},
                                                     {"io-error"},
                                                     {"damage"},
                                                     {"replace", "partition"},
                                                     {"leave", "partition"},
                                                     {"decommission", "kill"},
                                                     {"partition", "kill", "pause"}};
  std::vector<run_options> all;
  for (const auto* workload : {"set", "forget", "causal", "register", "counter", "recall", "spaces",
                               "stream", "mixed", "concepts"})
    for (const auto& some : faults) all.push_back(wish(workload, some, 5, 120, seed++));
  all.push_back(wish("set", {"partition", "kill", "pause", "census"}, 5, 120, seed++));
  all.push_back(wish("set", {"power", "loss", "census"}, 5, 120, seed++));
  return all;
}

} // namespace

base::result<run_result> run_and_report(const run_options& options) {
  TRY_ASSIGN(auto done, run(options));
  const auto name = name_of(options);
  write_text(options.folder + "/results.json", results(name, done).dump(1) + "\n");
  write_text(options.folder + "/report.txt", text_report(name, done));
  write_text(options.folder + "/report.html", html_report(name, done));
  std::ofstream edn(options.folder + "/history.edn");
  write_edn(done.history, edn);
  if (worst(done.verdicts) != validity::invalid) remove_data(options);
  return done;
}

base::result<std::vector<run_options>> suite(const std::string& which, std::uint64_t seed) {
  if (which == "short") return short_suite(seed);
  if (which == "long") return long_suite(seed);
  if (which == "smoke") return smoke_suite(seed);
  return base::error{base::errc::invalid_argument, "suite '" + which + "': smoke, short or long"};
}

suite_row play_row(const run_options& options) {
  suite_row row{name_of(options), validity::unknown, "", std::chrono::seconds(0)};
  const real_clock clock;
  const auto began = clock.monotonic();
  const auto code = in_child([&options] {
    if (!options.planted.empty()) setenv("ENGRAM_PLANTED", options.planted.c_str(), 1);
    const auto inside = in_sandbox([&options] {
      const auto done = run_and_report(options);
      if (!done) {
        write_text(options.folder + "/report.txt", "not run: " + done.error().message() + "\n");
        return EXIT_UNKNOWN;
      }
      return static_cast<int>(worst(done->verdicts) == validity::valid     ? 0
                              : worst(done->verdicts) == validity::invalid ? EXIT_INVALID
                                                                           : EXIT_UNKNOWN);
    });
    return inside ? *inside : EXIT_UNKNOWN;
  });
  row.is = code == 0              ? validity::valid
           : code == EXIT_INVALID ? validity::invalid
                                  : validity::unknown;
  std::ifstream report(options.folder + "/report.txt");
  row.text.assign(std::istreambuf_iterator<char>(report), {});
  row.took = std::chrono::duration_cast<std::chrono::seconds>(clock.monotonic() - began);
  return row;
}

std::set<std::string> invalid_checkers(const std::string& folder) {
  std::ifstream in(folder + "/results.json");
  const auto read = json::parse(in, nullptr, false);
  std::set<std::string> found;
  if (!read.is_object()) return found;
  for (const auto& each : read.value("verdicts", json::array()))
    if (each.value("verdict", "") == to_string(validity::invalid))
      found.insert(each.value("checker", "?"));
  return found;
}

bool loses_data(const std::string& folder) {
  const auto found = invalid_checkers(folder);
  return std::any_of(found.begin(), found.end(), [](const std::string& each) {
    const auto name = each.substr(each.rfind('/') + 1); // of a mixed run: "set/durability"
    return name == "set" || name == "deletion" || name == "durability" || name == "session" ||
           name == "exits" || name == "logs";
  });
}

std::string text_of(const suite_row& row) {
  return row.text.empty() ? row.name + ": nothing was reported\n" : row.text;
}

std::string table_of(const std::vector<suite_row>& rows) {
  std::string text;
  char line[200];
  for (const auto& each : rows) {
    std::snprintf(line, sizeof line, "%-8s %4d s  %s\n", std::string(to_string(each.is)).c_str(),
                  static_cast<int>(each.took.count()), each.name.c_str());
    text += line;
  }
  return text;
}

validity worst_of(const std::vector<suite_row>& rows) {
  auto found = validity::valid;
  for (const auto& each : rows) found = std::max(found, each.is);
  return found;
}

} // namespace engram::jepsen

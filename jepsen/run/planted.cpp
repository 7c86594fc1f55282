#include "jepsen/run/planted.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace engram::jepsen {

namespace {

plant make(std::string defect, std::vector<std::string> checkers, std::string workload,
           std::vector<std::string> faults, int nodes, std::uint64_t seed,
           std::vector<std::string> flags = {}) {
  run_options how;
  how.workload = std::move(workload);
  how.faults = std::move(faults);
  how.nodes = nodes;
  how.time = std::chrono::seconds(20);
  how.seed = seed;
  how.flags = std::move(flags);
  how.planted = defect;
  return {std::move(defect), std::move(checkers), std::move(how), false};
}

/// How often the nodes' logs say that the defect took effect.
std::size_t effects_in(const std::string& folder) {
  std::size_t count = 0;
  std::error_code ignored;
  for (const auto& each : std::filesystem::directory_iterator(folder, ignored)) {
    if (each.path().extension() != ".log") continue;
    std::ifstream in(each.path());
    for (std::string line; std::getline(in, line);)
      count += line.find("planted defect took effect") != std::string::npos;
  }
  return count;
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const auto& each : names) text += (text.empty() ? "" : ", ") + each;
  return text.empty() ? "nobody" : text;
}

} // namespace

std::vector<plant> plants(std::uint64_t seed) {
  const std::vector<std::string> dead_soon{"--replace-after-s", "1"};
  const std::vector<std::string> short_logs{"--log-keep-bytes", "4096", "--log-keep-s", "1"};
  const std::vector<std::string> slow_copies{"--copy-bytes-per-s", "524288"};
  std::vector<plant> all{
      make("ack_before_fsync", {"set"}, "set", {"power:all"}, 3, seed),
      make("new_id_on_retry", {"set"}, "set", {"kill", "partition"}, 3, seed),
      make("apply_above_gap", {"session", "convergence"}, "causal", {"kill:one"}, 3, seed,
           slow_copies),
      make("drop_range", {"set", "convergence"}, "set", {"replace"}, 3, seed, short_logs),
      make("lose_graves", {"deletion", "convergence"}, "forget", {"replace"}, 3, seed, short_logs),
      make("reuse_origin", {"set", "exits"}, "set", {"restore"}, 3, seed),
      make("quorum_of_one", {"durability"}, "set", {"partition"}, 3, seed),
      make("claim_copies", {"durability"}, "set", {"partition", "census"}, 3, seed),
      make("first_come", {"concepts"}, "concepts", {"partition"}, 3, seed),
      make("stale_token", {"session"}, "causal", {"partition", "pause"}, 3, seed),
      make("lose_tail", {"set"}, "set", {"restart-all"}, 3, seed),
      make("serve_damaged", {"set", "convergence"}, "set", {"damage"}, 3, seed),
      make("claim_all", {"recall"}, "recall", {"partition:one"}, 3, seed),
      make("minority_replaces", {"session"}, "causal", {"partition:minority"}, 5, seed, dead_soon),
      make("one_version", {"register"}, "register", {"partition"}, 3, seed),
      make("count_twice", {"counter"}, "counter", {"partition"}, 3, seed),
  };
  for (auto& each : all) // it takes some seconds of a partition until anybody is called dead
    if (each.defect == "minority_replaces") each.how.time = std::chrono::seconds(60);
  for (auto& each : all) // ... and until answers may not be behind any more
    if (each.defect == "claim_all") each.how.time = std::chrono::seconds(40);
  for (auto& each : all) each.is_at_client = each.defect == "new_id_on_retry";
  for (auto& each : all) { // a node is killed again while it lacks what it missed the last time:
    // more than comes with the first answer, which is not held back
    if (each.defect != "apply_above_gap") continue;
    each.how.time = std::chrono::seconds(40);
    each.how.text_bytes =
        48u << 10; // more than comes with the first answer, which is not held back
  }
  return all;
}

bool has_planted_defects(const std::string& binary) {
  std::ifstream in(binary, std::ios::binary);
  const std::string all((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return all.find("ENGRAM_PLANTED") != std::string::npos;
}

plant_row play_plant(const plant& which, const std::string& out) {
  plant_row row{which.defect, "", {}, false, 0};
  auto how = which.how;
  for (; !row.is_found && row.runs < RUNS_MAX; ++row.runs, ++how.seed) {
    row.run = name_of(how);
    how.folder = out + "/" + which.defect + "/" + row.run;
    (void)play_row(how);
    row.found_by = invalid_checkers(how.folder);
    row.effects = effects_in(how.folder);
    row.is_found =
        (row.effects > 0 || which.is_at_client) &&
        std::any_of(which.checkers.begin(), which.checkers.end(),
                    [&row](const std::string& each) { return row.found_by.contains(each); });
  }
  return row;
}

std::string table_of(const std::vector<plant_row>& rows) {
  std::string text =
      "| planted defect | run | runs | took effect | found by |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& each : rows)
    text += "| `" + each.defect + "` | " + each.run + " | " + std::to_string(each.runs) + " | " +
            std::to_string(each.effects) + " | " + (each.is_found ? "" : "NOT by the right one: ") +
            joined(each.found_by) + " |\n";
  return text;
}

} // namespace engram::jepsen

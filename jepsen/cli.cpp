#include "jepsen/cli.hpp"

#include "jepsen/nemesis/schedule.hpp"
#include "jepsen/report/report.hpp"
#include "jepsen/run/planted.hpp"
#include "jepsen/run/suite.hpp"
#include "jepsen/stage/process.hpp"
#include "jepsen/stage/sandbox.hpp"
#include "jepsen/workload/workload.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace engram::jepsen {

namespace {

constexpr int EXIT_UNKNOWN = 2, EXIT_USAGE = 64;

struct arguments {
  run_options run;
  int seconds = 60;
  std::string out = "jepsen-runs", suite = "short", only, file, checker, edn, html;
  bool any_machine = false;
};

int exit_code(validity of) {
  return static_cast<int>(of == validity::invalid ? 1 : of == validity::unknown ? EXIT_UNKNOWN : 0);
}

int refuse(const base::error& why) {
  std::cerr << "engram-jepsen: " << why.message() << '\n';
  return EXIT_UNKNOWN;
}

std::string default_binary() {
  return std::filesystem::path(own_folder()).parent_path() / "node" / "engram";
}

void add_run_options(CLI::App& to, arguments& wanted) {
  to.add_option("--nodes", wanted.run.nodes, "Nodes")->check(CLI::Range(1, 9));
  to.add_option("--replication-factor", wanted.run.replication_factor, "Replicas of a space");
  to.add_option("--time", wanted.seconds, "Seconds of work under faults");
  to.add_option("--nemesis", wanted.run.faults, "Faults: " + known_faults())->delimiter(',');
  to.add_option("--workload", wanted.run.workload, "What clients do");
  to.add_option("--seed", wanted.run.seed, "Of schedule and operations");
  to.add_option("--rate", wanted.run.rate, "Operations a second")->check(CLI::Range(1, 100'000));
  to.add_option("--workers", wanted.run.workers, "Clients")->check(CLI::Range(1, 500));
  to.add_option("--retries", wanted.run.retries, "Clients that try again at other nodes")
      ->check(CLI::IsMember({"half", "all", "none"}));
  to.add_option("--durability", wanted.run.durability, "Of all writes of set and forget")
      ->check(CLI::IsMember({"local", "quorum", "all"}));
  to.add_option("--text-bytes", wanted.run.text_bytes, "Of what set and causal remember, at least");
  to.add_option("--schedule", wanted.run.schedule, "A schedule.json to replay");
  to.add_option("--node-flag", wanted.run.flags, "Given to every node");
}

void add_common(CLI::App& to, arguments& wanted) {
  to.add_option("--out", wanted.out, "Folder for histories, logs and reports");
  to.add_option("--engram", wanted.run.binary, "The binary to break");
}

int run_one(const arguments& wanted) {
  auto options = wanted.run;
  options.time = std::chrono::seconds(wanted.seconds);
  options.folder = std::filesystem::absolute(wanted.out) / name_of(options);
  const auto code = in_sandbox([&options] {
    const auto done = run_and_report(options);
    if (!done) return refuse(done.error());
    std::cout << text_report(name_of(options), *done) << "report: " << options.folder
              << "/report.html\n"
              << std::flush;
    return exit_code(worst(done->verdicts));
  });
  return code ? *code : refuse(code.error());
}

/// 0: each was found by the checker that is meant to find it.
int run_planted(const arguments& wanted) {
  if (const auto& nodes = wanted.run.binary; !has_planted_defects(nodes))
    return refuse({base::errc::unavailable, nodes + " has no planted defects: make planted"});
  std::vector<plant_row> rows;
  for (auto each : plants(wanted.run.seed)) {
    if (!wanted.only.empty() && each.defect != wanted.only) continue;
    each.how.binary = wanted.run.binary;
    std::cout << each.defect << " ..." << std::endl;
    rows.push_back(play_plant(each, std::filesystem::absolute(wanted.out)));
    std::cout << table_of({rows.back()}) << std::endl;
  }
  std::cout << '\n' << table_of(rows) << std::flush;
  return std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.is_found; }) ? 0
                                                                                             : 1;
}

int run_suite(const arguments& wanted) {
  if (wanted.suite == "planted") return run_planted(wanted);
  const auto runs = suite(wanted.suite, wanted.run.seed);
  if (!runs) return refuse(runs.error());
  std::vector<suite_row> rows;
  bool is_lossy = false;
  for (auto options : *runs) {
    options.binary = wanted.run.binary;
    options.folder = std::filesystem::absolute(wanted.out) / name_of(options);
    std::cout << name_of(options) << " ..." << std::endl;
    rows.push_back(play_row(options));
    is_lossy = is_lossy || loses_data(options.folder);
    std::cout << text_of(rows.back()) << std::endl;
  }
  std::cout << '\n' << table_of(rows) << std::flush;
  const auto worst = worst_of(rows);
  if (!wanted.any_machine && wanted.suite != "smoke") return exit_code(worst);
  return exit_code(is_lossy                   ? validity::invalid
                   : worst == validity::valid ? validity::valid
                                              : validity::unknown);
}

int check_again(const arguments& wanted) {
  std::ifstream in(wanted.file);
  const auto lines = read_history(in);
  if (!in.is_open() || !lines)
    return refuse(lines ? base::error{base::errc::invalid_argument, wanted.file} : lines.error());
  if (!wanted.edn.empty()) {
    std::ofstream out(wanted.edn);
    write_edn(*lines, out);
  }
  run_result told;
  told.history = *lines;
  if (!wanted.checker.empty()) {
    const auto one = check_by_name(wanted.checker, *lines);
    if (!one) return refuse(one.error());
    told.verdicts.push_back(*one);
  } else {
    auto all = judge(*lines, wanted.run.workload);
    if (!all) return refuse(all.error());
    told.verdicts = *std::move(all);
  }
  if (!wanted.html.empty()) std::ofstream(wanted.html) << html_report(wanted.file, told);
  std::cout << text_report(wanted.file, told);
  return exit_code(worst(told.verdicts));
}

} // namespace

int run_cli(int argc, char** argv) {
  arguments wanted;
  wanted.run.binary = default_binary();
  CLI::App app("Breaks real clusters of engram nodes and judges what survived. Everything happens "
               "in network and process namespaces of its own.",
               "engram-jepsen");
  app.require_subcommand(1);
  auto* one = app.add_subcommand("run", "One run");
  add_run_options(*one, wanted);
  add_common(*one, wanted);
  auto* many = app.add_subcommand("suite", "A fixed matrix of runs, with a table of verdicts");
  many->add_option("which", wanted.suite, "smoke, short, long, or planted: do the checkers bite?");
  many->add_flag("--any-machine", wanted.any_machine,
                 "1 only for what no slow machine can cause: lost, doubled, made up, dead");
  many->add_option("--only", wanted.only, "Of the planted defects this one");
  many->add_option("--seed", wanted.run.seed, "Of the first run");
  add_common(*many, wanted);
  auto* again = app.add_subcommand("check", "Judge a recorded history again");
  again->add_option("history", wanted.file, "history.jsonl")->required();
  again->add_option("--checker", wanted.checker, "Only this one");
  again->add_option("--workload", wanted.run.workload, "All that judge this workload");
  again->add_option("--edn", wanted.edn, "Also write it as EDN to this file");
  again->add_option("--html", wanted.html, "Also write the page to this file");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    const int code = app.exit(wrong);
    return code == 0 ? 0 : EXIT_USAGE;
  }
  if (one->parsed()) return run_one(wanted);
  return many->parsed() ? run_suite(wanted) : check_again(wanted);
}

} // namespace engram::jepsen

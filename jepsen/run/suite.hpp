#pragma once
// Fixed matrices of runs, and what is written of each run. The harness process stays outside; each
// run gets a sandbox of its own.

#include "jepsen/run/runner.hpp"

#include <set>

namespace engram::jepsen {

/// Runs, writes history, schedule, results and reports into options.folder, and removes the data of
/// nodes unless a promise was broken. Inside a sandbox.
base::result<run_result> run_and_report(const run_options& options);

/// "smoke", "short" or "long". errc::invalid_argument: none of them.
base::result<std::vector<run_options>> suite(const std::string& which, std::uint64_t seed);

struct suite_row {
  std::string name;
  validity is = validity::unknown;
  std::string text; // what its report says, or why there is none
  std::chrono::seconds took{0};
};

/// One run in a sandbox of a process of its own, so that it leaves nothing behind.
suite_row play_row(const run_options& options);
/// Those whose promise was broken in the run that left its results there.
std::set<std::string> invalid_checkers(const std::string& folder);
/// Of these one that no slow machine can make so: something is lost, doubled, made up, a defect.
bool loses_data(const std::string& folder);
std::string text_of(const suite_row& row);
std::string table_of(const std::vector<suite_row>& rows);
validity worst_of(const std::vector<suite_row>& rows);

} // namespace engram::jepsen

#pragma once
// One run: a cluster is formed, clients work on it while a nemesis follows its schedule, everything
// is healed, the replicas are watched until they agree, the rest is read, and the history judged.
// Thread: the caller's, inside the sandbox; it owns workers, nemesis and watcher while it runs.

#include "jepsen/check/checkers.hpp"
#include "jepsen/nemesis/schedule.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace engram::jepsen {

struct run_options {
  int nodes = 5;
  int replication_factor = 3;
  std::chrono::seconds time{60};
  std::vector<std::string> faults;
  std::string workload = "set"; // or mixed
  std::uint64_t seed = 1;
  int rate = 100; // operations a second, all workers together
  int workers = 10;
  std::string retries = "half"; // of the workers try again at other nodes: half, all, none
  std::string durability;       // of writes; empty: the workload draws it
  std::size_t text_bytes = 0;   // of what is remembered, at least
  std::string binary;
  std::string folder; // for everything that is kept of the run
  std::vector<std::string> flags;
  std::string schedule; // file to replay; empty: made from the seed
  std::string planted;  // a defect of a build that has some (base/planted.hpp)
};

struct run_result {
  jepsen::history history;
  jepsen::schedule schedule;
  std::vector<verdict> verdicts;
  std::vector<std::string> lacks; // what this machine cannot do, and what was left out for it
  std::chrono::seconds took{0};
  int workers = 0; // 0: not known
};

/// errc::unavailable: the cluster never formed, or the stage cannot be set.
base::result<run_result> run(const run_options& options);

/// Judges a history again, as `run` does, without logs.
base::result<std::vector<verdict>> judge(const history& of, const std::string& workload);

/// "set-partition+kill-7"
std::string name_of(const run_options& options);

} // namespace engram::jepsen

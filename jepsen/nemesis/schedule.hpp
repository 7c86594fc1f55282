#pragma once
// What is done to the cluster and when: drawn from a seed before a run, kept beside its history,
// and replayed from there. Each fault has its own rhythm, so faults overlap. Pure.

#include "base/result.hpp"
#include "jepsen/history/op.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace engram::jepsen {

struct step {
  std::chrono::milliseconds at{0}; // since the workload began
  std::string fault;
  bool starts = true; // false: it ends
  json how = json::object();

  friend bool operator==(const step&, const step&) = default;
};
using schedule = std::vector<step>;

struct schedule_wish {
  std::vector<std::string> faults; // "kill", "partition:ring", "kill:majority" ...
  int nodes = 5;
  int tolerated = 1; // stores whose data may be harmed: one less than a quorum
  std::chrono::milliseconds time{60'000};
  std::uint64_t seed = 1;
};

/// Names of all faults with what may follow the colon, for help and messages.
std::string known_faults();

/// In order of time; every fault that starts also ends before the last tenth of the time.
/// errc::invalid_argument: an unknown fault, shape or target.
base::result<schedule> make_schedule(const schedule_wish& wish);

json to_json(const schedule& from);
base::result<schedule> schedule_from_json(const json& from);

} // namespace engram::jepsen

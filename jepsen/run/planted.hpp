#pragma once
// Tests of the tests: each planted defect (base/planted.hpp) under the workload and the faults that
// are meant for it, with a seed after the other until the checker meant for it finds something.

#include "jepsen/run/suite.hpp"

#include <set>

namespace engram::jepsen {

struct plant {
  std::string defect;
  std::vector<std::string> checkers; // any of these is the right one
  run_options how;
  bool is_at_client = false; // which tells nobody when it takes effect
};

/// All of them.
std::vector<plant> plants(std::uint64_t seed);

/// False: `binary` is as shipped, and contains no defect to be found.
bool has_planted_defects(const std::string& binary);

struct plant_row {
  std::string defect, run;
  std::set<std::string> found_by; // of the last run
  bool is_found = false;          // by the right one, and it took effect
  int runs = 0;
  std::size_t effects = 0; // in the last run, as the nodes told; the client library tells nobody
};

/// At most RUNS_MAX runs.
inline constexpr int RUNS_MAX = 3;
plant_row play_plant(const plant& which, const std::string& out);
std::string table_of(const std::vector<plant_row>& rows);

} // namespace engram::jepsen

#pragma once
// One process of the stage. Its output goes to a file, and it dies with the harness.
// Thread: one at a time.

#include "base/result.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace engram::jepsen {

struct launch {
  std::vector<std::string> words;                               // program (a path) and arguments
  std::vector<std::pair<std::string, std::string>> environment; // beside the harness's own
  std::string log;                                              // appended to
};

class process {
public:
  static base::result<process> start(const launch& what);

  pid_t pid() const noexcept { return pid_; }
  void signal(int number) const;
  /// Its wait status once it has ended; nothing while it runs.
  std::optional<int> ended();
  /// Blocks until it has.
  int wait();

private:
  explicit process(pid_t pid) : pid_(pid) {}

  pid_t pid_;
  std::optional<int> status_;
};

struct usage {
  std::uint64_t resident_bytes = 0, handles = 0;
};
/// Of a running process, where /proc is that of its process namespace.
std::optional<usage> usage_of(pid_t which);

/// "exit 0", "signal 9"
std::string status_text(int wait_status);

/// Runs a program found in PATH to its end, with `input` on its standard input; what it wrote.
/// errc::unavailable: it cannot be run, or failed; the context has what it said.
base::result<std::string> run_tool(const std::vector<std::string>& words,
                                   const std::string& input = {});

/// The folder of the harness's own executable.
std::string own_folder();

} // namespace engram::jepsen

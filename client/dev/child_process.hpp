#pragma once
// Starts a process whose output is read here. It gets a process group of its own, so that a
// terminal's Ctrl-C reaches it only through its starter, and SIGTERM when the starter dies.

#include "base/result.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace engram::client {

struct child_process {
  pid_t pid = 0;
  int output = -1; // what it writes to standard output and error; the caller closes it
};

/// errc::unavailable: no process or pipe is left. An executable that cannot be run shows as exit
/// code 127. Thread: the one that lives until the process has ended.
base::result<child_process> start_process(const std::string& executable,
                                          const std::vector<std::string>& arguments);

/// The file that this program runs from.
base::result<std::string> own_executable();

/// "exit code 3", "signal 9 (Killed)"
std::string end_text(int wait_status);

} // namespace engram::client

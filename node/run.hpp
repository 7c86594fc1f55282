#pragma once
// `engram node`: settings to a running node, signals to an orderly end. Exit codes are part of what
// operators rely on (docs/operations.md).

namespace engram::node {

enum exit_code : int {
  exit_stopped = 0,
  exit_cannot_start = 1,
  exit_bad_settings = 2,
  exit_folder_in_use = 3,
  exit_store_failed = 70, // a sync failed: what is on disk is only known after a new start
  exit_killed = 130,      // a second signal while draining
};

/// `argv` are the arguments behind `engram node`.
int run(int argc, char** argv);

} // namespace engram::node

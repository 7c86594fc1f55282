#pragma once
// The command line: everything `engram` does but `engram node`.

namespace engram::client {

/// Parses, connects, does what was asked, prints. Returns the process's exit code: 0 done, 1
/// refused, 2 wrong usage, 3 no node reached.
int run(int argc, char** argv);

} // namespace engram::client

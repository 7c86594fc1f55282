#pragma once
// The command line of engram-jepsen.

namespace engram::jepsen {

/// Exit code: 0 valid, 1 a promise was broken, 2 unknown (or it could not be run), 64 wrong usage.
int run_cli(int argc, char** argv);

} // namespace engram::jepsen

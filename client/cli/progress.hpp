#pragma once
// One line on the terminal that says how far something is and how fast; redrawn at most ten times a
// second, and gone when other text is to be printed. Owner: a command.

#include "client/cli/shell.hpp"

#include <kj/time.h>

namespace engram::client {

class progress_bar {
public:
  progress_bar(const shell& in, bool visible);
  /// `what`: how many of what are done, for a person; `done`: all together, for the rate;
  /// `fraction` in [0, 1]; negative when the end is not known.
  void show(const std::string& what, std::uint64_t done, double fraction);
  void clear();
  base::duration elapsed() const;

private:
  const shell& in_;
  bool visible_, drawn_ = false;
  kj::TimePoint began_, shown_;
};

} // namespace engram::client

#pragma once
// Takes the lines of a running test from its threads, gives each its index and time, and keeps
// them, in memory and in a file that survives the harness.
// Thread: any. Invariant: indexes are dense and times never decrease along them.

#include "base/time.hpp"
#include "jepsen/history/op.hpp"

#include <fstream>
#include <mutex>

namespace engram::jepsen {

class recorder {
public:
  /// `file` empty: only in memory. `clock` outlives the recorder.
  recorder(const base::clock& clock, const std::string& file);

  /// Stamps it and keeps it; the stamped op.
  op add(op each);
  std::chrono::nanoseconds now() const { return clock_.monotonic() - began_; }
  /// Everything so far.
  history taken() const;

private:
  const base::clock& clock_;
  const std::chrono::nanoseconds began_;
  mutable std::mutex mutex_;
  history kept_;
  std::ofstream file_;
};

} // namespace engram::jepsen

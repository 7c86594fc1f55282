#pragma once
// Takes the lines of a running test from its threads, gives each its index and time, and keeps
// them, in memory and in a file that survives the harness. A thread of its own writes the file: a
// disk that stands still for a moment must not hold up those who are timed.
// Thread: any. Invariant: indexes are dense and times never decrease along them.

#include "base/time.hpp"
#include "jepsen/history/op.hpp"

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

namespace engram::jepsen {

class recorder {
public:
  /// `file` empty: only in memory. `clock` outlives the recorder.
  recorder(const base::clock& clock, const std::string& file);
  /// Everything is in the file then.
  ~recorder();

  /// Stamps it and keeps it; the stamped op.
  op add(op each);
  std::chrono::nanoseconds now() const { return clock_.monotonic() - began_; }
  /// Everything so far.
  history taken() const;

private:
  void write();

  const base::clock& clock_;
  const std::chrono::nanoseconds began_;
  mutable std::mutex mutex_; // guards the three below
  history kept_, unwritten_;
  bool over_ = false;
  std::condition_variable more_;
  std::ofstream file_; // the writer's
  std::thread writer_;
};

} // namespace engram::jepsen

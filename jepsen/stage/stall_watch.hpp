#pragma once
// Beside a run: how long the machine keeps everybody waiting. Now and then a thread sleeps, writes
// a little and syncs it on the run's disk; what took long is told as the nemesis op "stall", all of
// it in the end as "machine" {late_ms, write_ms, sync_ms}. So a gap of the product can be told from
// one of the disk or the processor. Owner: a run, while its clients work.

#include "jepsen/history/recorder.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace engram::jepsen {

class stall_watch {
public:
  /// `file`: on the disk that the nodes use; gone in the end.
  stall_watch(recorder& book, std::string file);
  ~stall_watch();

private:
  void watch();
  void look(int file, std::chrono::nanoseconds late);

  recorder& book_;
  const std::string file_;
  std::vector<std::chrono::nanoseconds> late_, write_, sync_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

} // namespace engram::jepsen

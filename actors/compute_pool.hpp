#pragma once
// Where work over a millisecond and every disk read runs: a fixed set of threads behind one bounded
// queue. Jobs never wait for other jobs of the pool, except through for_each, where the caller
// works along. Owner: node_core.

#include "base/counters.hpp"
#include "base/result.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace engram::actors {

class compute_pool {
public:
  using job = std::function<void()>;

  /// threads 0: cores - 1, at least 1.
  compute_pool(std::uint32_t threads, std::uint32_t queue_max, base::registry& registry,
               const std::string& name = "compute");
  ~compute_pool();
  compute_pool(const compute_pool&) = delete;
  compute_pool& operator=(const compute_pool&) = delete;

  /// Thread: any. overloaded when the queue is full, shutting_down after stop(); the job is then
  /// not run.
  base::result<void> submit(job work);
  /// For what was admitted already (openings, continuations): beyond the bound, never refused but
  /// by stop().
  base::result<void> submit_admitted(job work);
  /// Runs body(0) .. body(count - 1) on the pool and the calling thread; returns when all are done.
  /// Bodies do not throw.
  void for_each(std::size_t count, std::function<void(std::size_t)> body);

  /// Runs what is queued, then ends the threads.
  void stop();
  std::uint32_t threads() const noexcept { return static_cast<std::uint32_t>(threads_.size()); }

private:
  base::result<void> enqueue(job work, bool bounded);
  void run();

  std::uint32_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<job> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
  base::counter& done_;
  base::counter& refused_;
  base::gauge& waiting_;
};

} // namespace engram::actors

#pragma once
// Jobs from any thread to one event loop: a queue and a doorbell. Bounded by what the jobs are said
// to weigh. Owner: who runs the loop; it outlives all who post.

#include <kj/async.h>

#include <deque>
#include <functional>
#include <mutex>

namespace engram::node {

class loop_queue {
public:
  using job = std::function<void()>;

  explicit loop_queue(std::uint64_t weight_max) : weight_max_(weight_max) {}

  /// Thread: any. false, and the job is dropped: full, or closed.
  bool post(job what, std::uint64_t weight);
  /// On the loop: runs jobs in order until the promise is dropped. Requires: called once.
  kj::Promise<void> run();
  /// What waits is dropped, what comes is refused. Thread: the loop's.
  void close();

private:
  kj::Promise<void> wait_for_bell();
  void run_waiting();

  const std::uint64_t weight_max_;
  std::mutex mutex_;
  std::deque<std::pair<job, std::uint64_t>> waiting_;
  std::uint64_t weight_ = 0;
  bool closed_ = false;
  kj::Maybe<kj::Own<kj::CrossThreadPromiseFulfiller<void>>> bell_; // there while nobody rang
};

} // namespace engram::node

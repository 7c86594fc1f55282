#pragma once
// SIGTERM and SIGINT as an event. Built before any other thread, so that all inherit the mask and
// only the thread in here ever sees these signals. The second one ends the process at once.

#include <future>
#include <thread>

namespace engram::node {

class stop_signals {
public:
  /// `second_exit_code`: of a process that is told twice.
  explicit stop_signals(int second_exit_code);
  ~stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

  /// Blocks until the first signal, or until raise().
  void wait() { seen_.wait(); }
  /// Ready when wait() returns at once. Any thread.
  std::shared_future<void> seen() const { return seen_; }
  /// As if a signal had come; any thread.
  void raise();

private:
  std::promise<void> first_;
  std::shared_future<void> seen_ = first_.get_future();
  std::thread thread_;
};

} // namespace engram::node

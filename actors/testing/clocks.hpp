#pragma once
// For tests: time that moves when told, and time that runs by itself.

#include "base/time.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace engram::actors {

class manual_clock final : public base::clock {
public:
  base::instant wall() const override { return {1'700'000'000'000 + ms_}; }
  std::chrono::nanoseconds monotonic() const override { return std::chrono::milliseconds(ms_); }
  void advance(base::duration by) { ms_ += by.count(); }

private:
  std::atomic<std::int64_t> ms_{1};
};

/// Time that runs by itself, a little faster than outside.
class running_clock final : public base::clock {
public:
  running_clock() {
    thread_ = std::thread([this] {
      std::unique_lock lock(mutex_);
      while (!stopping_) {
        ticked_.wait_for(lock, std::chrono::milliseconds(1));
        time_.advance(base::duration{2});
        ticked_.notify_all();
      }
    });
  }
  ~running_clock() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    thread_.join();
  }
  base::instant wall() const override { return time_.wall(); }
  std::chrono::nanoseconds monotonic() const override { return time_.monotonic(); }
  /// Returns when time has moved on.
  void wait() {
    std::unique_lock lock(mutex_);
    ticked_.wait(lock);
  }

private:
  manual_clock time_;
  std::mutex mutex_;
  std::condition_variable ticked_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace engram::actors

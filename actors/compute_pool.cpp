#include "actors/compute_pool.hpp"

#include <algorithm>
#include <latch>
#include <memory>

namespace engram::actors {

namespace {

std::uint32_t default_threads() { return std::max(2u, std::thread::hardware_concurrency()) - 1; }

/// One for_each: helpers take the next index until none is left. Outlives the call, since a helper
/// may be scheduled after everything is done.
struct shared_loop {
  shared_loop(std::size_t n, std::function<void(std::size_t)> each)
      : count(n), body(std::move(each)), pending(static_cast<std::ptrdiff_t>(n)) {}

  void work() {
    for (auto i = next++; i < count; i = next++) {
      body(i);
      pending.count_down();
    }
  }

  std::size_t count;
  std::function<void(std::size_t)> body;
  std::atomic<std::size_t> next{0};
  std::latch pending;
};

} // namespace

compute_pool::compute_pool(std::uint32_t threads, std::uint32_t queue_max, base::registry& registry,
                           const std::string& name)
    : queue_max_(queue_max),
      done_(registry.add_counter("engram_actors_pool_jobs_total", "Jobs that a pool ran",
                                 "pool=\"" + name + "\"")),
      refused_(registry.add_counter("engram_actors_pool_refused_total",
                                    "Jobs refused because the queue was full",
                                    "pool=\"" + name + "\"")),
      waiting_(registry.add_gauge("engram_actors_pool_waiting_jobs", "Jobs that wait for a thread",
                                  "pool=\"" + name + "\"")) {
  const auto count = threads == 0 ? default_threads() : threads;
  for (std::uint32_t i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
}

compute_pool::~compute_pool() { stop(); }

base::result<void> compute_pool::submit(job work) { return enqueue(std::move(work), true); }

base::result<void> compute_pool::submit_admitted(job work) {
  return enqueue(std::move(work), false);
}

base::result<void> compute_pool::enqueue(job work, bool bounded) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return {base::errc::shutting_down, "compute pool"};
    if (bounded && queue_.size() >= queue_max_) {
      refused_.add();
      return {base::errc::overloaded, "compute jobs waiting=" + std::to_string(queue_.size())};
    }
    queue_.push_back(std::move(work));
    waiting_.set(static_cast<std::int64_t>(queue_.size()));
  }
  wake_.notify_one();
  return base::success();
}

void compute_pool::for_each(std::size_t count, std::function<void(std::size_t)> body) {
  if (count == 0) return;
  const auto loop = std::make_shared<shared_loop>(count, std::move(body));
  const auto helpers = std::min<std::size_t>(count - 1, threads_.size());
  for (std::size_t i = 0; i < helpers; ++i)
    if (!submit_admitted([loop] { loop->work(); })) break; // stopping: the caller does it all
  loop->work();
  loop->pending.wait();
}

void compute_pool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

void compute_pool::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    {
      const auto work = std::move(queue_.front());
      queue_.pop_front();
      waiting_.set(static_cast<std::int64_t>(queue_.size()));
      lock.unlock();
      work();
      done_.add();
    }
    lock.lock();
  }
}

} // namespace engram::actors

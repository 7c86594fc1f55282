#include "node/peer/loop_queue.hpp"

namespace engram::node {

bool loop_queue::post(job what, std::uint64_t weight) {
  const std::lock_guard lock(mutex_);
  if (closed_ || weight_ + weight > weight_max_) return false;
  weight_ += weight;
  waiting_.emplace_back(std::move(what), weight);
  KJ_IF_MAYBE (bell, bell_) {
    (*bell)->fulfill();
    bell_ = nullptr;
  }
  return true;
}

kj::Promise<void> loop_queue::run() {
  return wait_for_bell().then([this]() {
    run_waiting();
    return run();
  });
}

kj::Promise<void> loop_queue::wait_for_bell() {
  const std::lock_guard lock(mutex_);
  if (!waiting_.empty()) return kj::READY_NOW;
  auto pair = kj::newPromiseAndCrossThreadFulfiller<void>();
  bell_ = kj::mv(pair.fulfiller);
  return kj::mv(pair.promise);
}

void loop_queue::run_waiting() {
  std::deque<std::pair<job, std::uint64_t>> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(waiting_);
    weight_ = 0;
  }
  for (auto& [what, weight] : taken) what();
}

void loop_queue::close() {
  std::deque<std::pair<job, std::uint64_t>> dropped; // destroyed without the lock
  const std::lock_guard lock(mutex_);
  closed_ = true;
  bell_ = nullptr;
  dropped.swap(waiting_);
}

} // namespace engram::node

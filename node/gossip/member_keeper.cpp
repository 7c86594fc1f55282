#include "node/gossip/member_keeper.hpp"

namespace engram::node {

member_keeper::member_keeper(std::string path, outcome heard)
    : path_(std::move(path)), heard_(std::move(heard)), thread_([this] { run(); }) {}

member_keeper::~member_keeper() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  bell_.notify_one();
  thread_.join();
}

void member_keeper::keep(member_image image) {
  {
    const std::lock_guard lock(mutex_);
    next_ = std::move(image);
  }
  bell_.notify_one();
}

void member_keeper::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    bell_.wait(lock, [this] { return next_ || ending_; });
    if (!next_) return;
    const member_image image = *std::exchange(next_, std::nullopt);
    lock.unlock();
    heard_(image, save_members(path_, image));
    lock.lock();
  }
}

} // namespace engram::node

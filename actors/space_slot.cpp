#include "actors/space_slot.hpp"

#include <algorithm>

namespace engram::actors {

space_slot::space_slot(memory::space_config what, std::uint32_t local_number)
    : config(std::move(what)), number(local_number), words(config.language) {}

std::shared_ptr<const space_view> space_slot::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

void space_slot::publish(std::shared_ptr<const space_view> next) {
  std::vector<waiter> served;
  std::shared_ptr<const space_view> before; // freed outside of the lock
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    before = std::exchange(view_, std::move(next));
    const auto rest = std::stable_partition(waiters_.begin(), waiters_.end(), [&](const waiter& w) {
      return !view_->applied.covers(w.seen);
    });
    std::move(rest, waiters_.end(), std::back_inserter(served));
    waiters_.erase(rest, waiters_.end());
  }
  for (auto& w : served) w.then(base::success());
}

void space_slot::when_applied(version_vector seen, nanoseconds deadline, reply<void> then) {
  {
    const std::lock_guard lock(mutex_);
    if (!closed_ && view_ && !view_->applied.covers(seen)) {
      waiters_.push_back({std::move(seen), deadline, std::move(then)});
      return;
    }
  }
  then(base::success());
}

void space_slot::expire(nanoseconds now) {
  std::vector<waiter> late;
  {
    const std::lock_guard lock(mutex_);
    const auto rest = std::stable_partition(waiters_.begin(), waiters_.end(),
                                            [&](const waiter& w) { return now < w.deadline; });
    std::move(rest, waiters_.end(), std::back_inserter(late));
    waiters_.erase(rest, waiters_.end());
  }
  for (auto& w : late)
    w.then(base::error{base::errc::deadline_exceeded, "the token is not reached yet"});
}

void space_slot::open(writer to) {
  const std::lock_guard lock(mutex_);
  writer_ = std::move(to);
}

bool space_slot::write(std::shared_ptr<write_job> job) {
  writer to;
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || !writer_) return false;
    to = writer_;
  }
  to(std::move(job));
  return true;
}

bool space_slot::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void space_slot::close() {
  std::vector<waiter> left;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    writer_ = nullptr;
    left = std::exchange(waiters_, {});
  }
  for (auto& w : left) w.then(base::error{base::errc::unavailable, "the space was closed"});
}

void space_slot::recall_took(nanoseconds time) {
  const auto before = recall_cost_.load();
  const auto faded = before == nanoseconds::max().count() ? 0 : before - before / 4;
  recall_cost_ = std::max(time.count(), faded); // a lost update is only a less careful guess
}

} // namespace engram::actors

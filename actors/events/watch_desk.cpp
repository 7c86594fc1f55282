#include "actors/events/watch_desk.hpp"

#include <utility>

namespace engram::actors {

base::result<reply<watch_reply>> watch_desk::open(reply<watch_reply> done) {
  const std::lock_guard lock(mutex_);
  if (closed_) return {base::errc::shutting_down, "watch"};
  if (waiting_for_.size() >= watches_max)
    return {base::errc::overloaded, "watches=" + std::to_string(waiting_for_.size())};
  const auto number = ++last_;
  waiting_for_.emplace(number, std::move(done));
  waiting_.set(static_cast<std::int64_t>(waiting_for_.size()));
  return reply<watch_reply>(
      [this, number](base::result<watch_reply> got) { finish(number, std::move(got)); });
}

void watch_desk::finish(std::uint64_t number, base::result<watch_reply> got) {
  reply<watch_reply> done;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_for_.find(number);
    if (found == waiting_for_.end()) return; // closed in between
    done = std::move(found->second);
    waiting_for_.erase(found);
    waiting_.set(static_cast<std::int64_t>(waiting_for_.size()));
  }
  done(std::move(got));
}

bool watch_desk::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void watch_desk::close() {
  std::map<std::uint64_t, reply<watch_reply>> left;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    left = std::exchange(waiting_for_, {});
    waiting_.set(0);
  }
  for (auto& [number, done] : left) done(base::error{base::errc::shutting_down, "watch"});
}

} // namespace engram::actors

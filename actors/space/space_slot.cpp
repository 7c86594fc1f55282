#include "actors/space/space_slot.hpp"

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
    served = take_served();
  }
  for (auto& w : served) w.then(base::success());
}

void space_slot::serve() {
  std::vector<waiter> served;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(serving_, true) || closed_) return;
    served = take_served();
  }
  for (auto& w : served) w.then(base::success());
}

std::vector<space_slot::waiter> space_slot::take_served() {
  std::vector<waiter> out;
  if (!serving_ || !view_) return out;
  const auto rest = std::stable_partition(waiters_.begin(), waiters_.end(),
                                          [&](const waiter& w) { return !is_served(w); });
  std::move(rest, waiters_.end(), std::back_inserter(out));
  waiters_.erase(rest, waiters_.end());
  return out;
}

bool space_slot::is_served(const waiter& w) const {
  if (!w.noticed) return view_->applied.covers(w.seen);
  return !w.seen.covers(view_->applied) || (ring_ && ring_->end() > *w.noticed);
}

void space_slot::when_news(version_vector told, std::uint64_t noticed, nanoseconds deadline,
                           reply<void> then) {
  {
    const std::lock_guard lock(mutex_);
    waiter one{std::move(told), deadline, std::move(then), noticed};
    if (!closed_ && !(serving_ && view_ && is_served(one))) {
      waiters_.push_back(std::move(one));
      return;
    }
    then = std::move(one.then);
  }
  if (closed())
    then(base::error{base::errc::unavailable, "the space was closed"});
  else
    then(base::success());
}

std::shared_ptr<event_ring> space_slot::watched(const base::hash128& id) {
  const std::lock_guard lock(mutex_);
  if (!ring_) ring_ = std::make_shared<event_ring>(id);
  is_watched_ = true;
  return ring_;
}

void space_slot::notice(const std::function<event()>& what) {
  if (!is_watched_) return;
  std::vector<waiter> served;
  {
    const std::lock_guard lock(mutex_);
    ring_->add(what());
    served = take_served();
  }
  for (auto& w : served) w.then(base::success());
}

base::duration space_slot::stale(nanoseconds now) const {
  const auto ms = std::chrono::duration_cast<base::duration>(now).count();
  return staleness(base::instant{sure_at_ms_.load()}, base::instant{ms});
}

void space_slot::when_applied(version_vector seen, nanoseconds deadline, reply<void> then) {
  {
    const std::lock_guard lock(mutex_);
    if (!closed_ && view_ && !(serving_ && view_->applied.covers(seen))) {
      waiters_.push_back({std::move(seen), deadline, std::move(then), std::nullopt});
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
    if (w.noticed)
      w.then(base::success()); // nothing happened, which is no fault
    else
      w.then(base::error{base::errc::deadline_exceeded, "this copy has not caught up yet"});
}

void space_slot::withdraw() {
  const std::lock_guard lock(mutex_);
  serving_ = false;
}

void space_slot::open(partition_ports to) {
  const std::lock_guard lock(mutex_);
  partition_ = std::move(to);
}

void space_slot::apply(std::vector<foreign_entry> entries) {
  decltype(partition_.apply) to;
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || !partition_.apply) return;
    to = partition_.apply;
  }
  to(std::move(entries));
}

bool space_slot::write(std::shared_ptr<write_job> job) {
  decltype(partition_.write) to;
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || !partition_.write) return false;
    to = partition_.write;
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
    partition_ = {};
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

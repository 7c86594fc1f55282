#include "actors/events/event_ring.hpp"

#include <algorithm>

namespace engram::actors {

void event_ring::add(event what) {
  const std::lock_guard lock(mutex_);
  if (kept_.size() == kept_max) kept_.pop_front();
  kept_.push_back(std::move(what));
  ++end_;
}

std::uint64_t event_ring::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

event_ring::taken event_ring::take(std::uint64_t from, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  const std::uint64_t first = end_ - kept_.size();
  taken out;
  out.next = std::min(std::max(from, first), end_);
  out.missed = out.next > from ? out.next - from : 0;
  for (; out.next < end_ && out.events.size() < limit; ++out.next)
    out.events.push_back(kept_[static_cast<std::size_t>(out.next - first)]);
  return out;
}

} // namespace engram::actors

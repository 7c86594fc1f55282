#pragma once
// What a replica saw happen that stands in no log: the newest few, while somebody watches. Made by
// the first who watches a space and freed with it, so where nobody ever watched nothing is kept.
// Any thread.

#include "actors/events/values.hpp"
#include "base/hash.hpp"

#include <deque>
#include <mutex>

namespace engram::actors {

class event_ring {
public:
  static constexpr std::size_t kept_max = 512;

  explicit event_ring(base::hash128 id) : id_(id) {}

  /// Which ring this is: numbers of another mean nothing here.
  const base::hash128& id() const noexcept { return id_; }
  void add(event what);
  /// How many were ever added.
  std::uint64_t end() const;
  struct taken {
    std::vector<event> events;
    std::uint64_t missed = 0, next = 0;
  };
  /// From number `from` on, at most `limit`.
  taken take(std::uint64_t from, std::size_t limit) const;

private:
  const base::hash128 id_;
  mutable std::mutex mutex_;
  std::deque<event> kept_;
  std::uint64_t end_ = 0; // number of the next
};

} // namespace engram::actors

#pragma once
// The watches that this node's clients wait for, wherever the space lies: so many at a time, and
// none of them holds up a node that stops. Any thread.

#include "actors/service/watches.hpp"
#include "base/counters.hpp"

#include <map>
#include <mutex>

namespace engram::actors {

class watch_desk {
public:
  static constexpr std::size_t watches_max = 1'024;

  explicit watch_desk(base::gauge& waiting) : waiting_(waiting) {}

  /// Answers `done` once: with what it is called with, or when the desk closes. errc::overloaded,
  /// shutting_down.
  base::result<reply<watch_reply>> open(reply<watch_reply> done);
  void close();
  bool closed() const;

private:
  void finish(std::uint64_t number, base::result<watch_reply> got);

  mutable std::mutex mutex_;
  std::map<std::uint64_t, reply<watch_reply>> waiting_for_;
  std::uint64_t last_ = 0;
  bool closed_ = false;
  base::gauge& waiting_;
};

} // namespace engram::actors

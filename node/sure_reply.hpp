#pragma once
// A reply that is given exactly once: whoever drops it without an answer has given the one it was
// made with. Moves only. Thread: as its reply.

#include "actors/service/reply.hpp"

#include <utility>

namespace engram::node {

template <class T>
class sure_reply {
public:
  sure_reply(actors::reply<T> done, base::error if_dropped)
      : done_(std::move(done)), if_dropped_(std::move(if_dropped)) {}
  sure_reply(sure_reply&& other) noexcept
      : done_(std::exchange(other.done_, nullptr)), if_dropped_(std::move(other.if_dropped_)) {}
  sure_reply& operator=(sure_reply&&) = delete;
  ~sure_reply() {
    if (done_) done_(if_dropped_);
  }

  void operator()(base::result<T> got) {
    if (auto done = std::exchange(done_, nullptr)) done(std::move(got));
  }

private:
  actors::reply<T> done_;
  base::error if_dropped_;
};

} // namespace engram::node

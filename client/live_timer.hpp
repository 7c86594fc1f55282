#pragma once
// A timer whose now() is now. KJ's own timer stands still while its loop does not run: after a
// thread was busy elsewhere, what is to end a second from then ends at once. A client's thread
// often is: between two calls nobody runs the loop. Owner: the event loop. Thread: its. Invariant:
// time points are those of the timer below it.

#include <kj/timer.h>

namespace engram::client {

class live_timer final : public kj::Timer {
public:
  explicit live_timer(kj::Timer& below,
                      const kj::MonotonicClock& clock = kj::systemPreciseMonotonicClock())
      : below_(below), clock_(clock) {}

  kj::TimePoint now() const override { return clock_.now(); }
  kj::Promise<void> atTime(kj::TimePoint time) override { return below_.atTime(time); }
  kj::Promise<void> afterDelay(kj::Duration delay) override { return below_.atTime(now() + delay); }

private:
  kj::Timer& below_;
  const kj::MonotonicClock& clock_;
};

} // namespace engram::client

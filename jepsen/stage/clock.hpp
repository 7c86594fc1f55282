#pragma once
// The harness's own clock and its only way to wait. Thread: any.

#include "base/time.hpp"

namespace engram::jepsen {

class real_clock final : public base::clock {
public:
  base::instant wall() const override;
  std::chrono::nanoseconds monotonic() const override;
};

/// Processor time of the calling thread.
std::chrono::nanoseconds thread_cpu();

void pause_for(std::chrono::nanoseconds how_long);

} // namespace engram::jepsen

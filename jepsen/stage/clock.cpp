#include "jepsen/stage/clock.hpp"

#include <thread>

namespace engram::jepsen {

base::instant real_clock::wall() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

std::chrono::nanoseconds real_clock::monotonic() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

void pause_for(std::chrono::nanoseconds how_long) {
  if (how_long.count() > 0) std::this_thread::sleep_for(how_long);
}

} // namespace engram::jepsen

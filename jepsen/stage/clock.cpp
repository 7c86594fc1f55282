#include "jepsen/stage/clock.hpp"

#include <ctime>
#include <thread>

namespace engram::jepsen {

base::instant real_clock::wall() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

std::chrono::nanoseconds real_clock::monotonic() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

std::chrono::nanoseconds thread_cpu() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

void pause_for(std::chrono::nanoseconds how_long) {
  if (how_long.count() > 0) std::this_thread::sleep_for(how_long);
}

} // namespace engram::jepsen

#include "node/system_clock.hpp"

namespace engram::node {

base::instant system_clock::wall() const {
  auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

std::chrono::nanoseconds system_clock::monotonic() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

} // namespace engram::node

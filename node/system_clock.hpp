#pragma once
// The clock of a real node. Stateless; any thread.

#include "base/time.hpp"

namespace engram::node {

class system_clock final : public base::clock {
public:
  base::instant wall() const override;
  std::chrono::nanoseconds monotonic() const override;
};

} // namespace engram::node

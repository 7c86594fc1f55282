#pragma once
// Hybrid logical clock (Kulkarni et al. 2014): 48 bits of milliseconds, 16 bits of counter. Bounds
// where a stamp is made, never where it is received: observing a stamp moves the clock at most
// `forward_max` past the wall clock.

#include "base/time.hpp"

namespace engram::base {

struct hlc {
  std::uint64_t value = 0;
  friend auto operator<=>(const hlc&, const hlc&) = default;
  instant wall() const noexcept { return instant{static_cast<std::int64_t>(value >> 16)}; }
};

/// Owner: whoever makes stamps (the log writer). Not thread-safe. Invariant: next() is strictly
/// greater than every stamp made before and every stamp observed within the bound.
class hlc_clock {
public:
  static constexpr duration forward_max{10'000};

  explicit hlc_clock(hlc last = {}) : last_(last) {}
  hlc next(instant now);
  void observe(hlc remote, instant now);
  hlc last() const noexcept { return last_; }

private:
  hlc last_;
};

} // namespace engram::base

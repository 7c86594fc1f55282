#pragma once
// How old what a copy shows may be. Replicas tell each other in every heartbeat what they hold, and
// which heartbeat of the other they had heard by then: so each knows until when it surely held all
// that the others did. Steady time, since wall clocks jump. Pure.

#include "base/time.hpp"

#include <algorithm>
#include <limits>

namespace engram::actors {

/// There are no others.
inline constexpr base::instant always_sure{std::numeric_limits<std::int64_t>::max()};
/// Not since it was opened.
inline constexpr base::instant never_sure{std::numeric_limits<std::int64_t>::min()};

/// A few heartbeats: who was sure so lately is up to date.
inline constexpr base::duration fresh_for{2'000};
/// Said of a copy that was never sure; a year.
inline constexpr base::duration staleness_max{31'536'000'000};

/// For how long it is not known that a copy held all, now that it last did at `sure_at`.
constexpr base::duration staleness(base::instant sure_at, base::instant now) {
  if (sure_at == never_sure) return staleness_max;
  if (sure_at == always_sure || now - sure_at <= fresh_for) return base::duration{0};
  return std::min(now - sure_at, staleness_max);
}

} // namespace engram::actors

#pragma once
// How long a suspect has to refute (Lifeguard, LHA-Suspicion): starts at the longest wait and
// shrinks toward the shortest with each independent confirmation,
//     wait = max - (max - min) * log(confirmations + 1) / log(wanted + 1).
// Confirmations come from different members; the first accuser is not one.

#include "base/id.hpp"
#include "base/time.hpp"
#include "membership/swim/swim_config.hpp"

#include <algorithm>
#include <cstdint>
#include <set>

namespace engram::membership {

/// Shortest wait among `members` members: multiplier * max(1, log10 N) * probe interval.
base::duration suspicion_min(const swim_config& config, std::size_t members);

class suspicion {
public:
  suspicion(const swim_config& config, std::size_t members, base::store_id accuser,
            base::instant start);
  /// true when the accuser is new and still counts: worth passing on.
  bool confirm(base::store_id accuser);
  base::instant deadline() const;
  /// Where confirmations do not count: of two members none can come, so there it is the shortest.
  base::instant unconfirmed_deadline() const { return start_ + (wanted_ == 0 ? min_ : max_); }
  /// The one who counts was away for `by` until now.
  void extend(base::duration by, base::instant now) { start_ = std::min(start_ + by, now); }

private:
  base::duration min_, max_;
  std::uint32_t wanted_;
  base::instant start_;
  std::set<base::store_id> accusers_;
};

} // namespace engram::membership

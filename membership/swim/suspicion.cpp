#include "membership/swim/suspicion.hpp"

#include "base/math.hpp"

#include <algorithm>

namespace engram::membership {

base::duration suspicion_min(const swim_config& config, std::size_t members) {
  const double decades =
      base::log(static_cast<double>(std::max<std::size_t>(members, 1))) / base::log(10);
  const double scale = config.suspicion_multiplier * std::max(1.0, decades);
  return base::duration{
      static_cast<std::int64_t>(scale * static_cast<double>(config.probe_interval.count()))};
}

suspicion::suspicion(const swim_config& config, std::size_t members, base::store_id accuser,
                     base::instant start)
    : min_(suspicion_min(config, members)),
      max_(min_ * (config.lifeguard ? config.suspicion_max_multiplier : 1)), start_(start) {
  // All but us and the suspect can confirm.
  const std::size_t others = members > 2 ? members - 2 : 0;
  wanted_ =
      static_cast<std::uint32_t>(std::min<std::size_t>(config.suspicion_confirmations, others));
  accusers_.insert(accuser);
}

bool suspicion::confirm(base::store_id accuser) {
  if (accusers_.size() > wanted_) return false;
  return accusers_.insert(accuser).second;
}

base::instant suspicion::deadline() const {
  if (wanted_ == 0) return start_ + min_;
  const double confirmed = static_cast<double>(accusers_.size() - 1);
  const double share = base::log(confirmed + 1) / base::log(static_cast<double>(wanted_) + 1);
  const auto spread = static_cast<double>((max_ - min_).count());
  const base::duration wait = max_ - base::duration{static_cast<std::int64_t>(spread * share)};
  return start_ + std::max(min_, wait);
}

} // namespace engram::membership

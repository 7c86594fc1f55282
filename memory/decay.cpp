#include "memory/decay.hpp"

#include "base/math.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace engram::memory {
namespace {

constexpr double ms_per_hour = 3'600'000.0;

constexpr std::array<std::pair<decay_function, std::string_view>, 5> names{{
    {decay_function::none, "none"},
    {decay_function::power_law, "power_law"},
    {decay_function::exponential, "exponential"},
    {decay_function::hybrid, "hybrid"},
    {decay_function::two_component, "two_component"},
}};

constexpr double seconds_per_hour = 3600.0;

double power(double hours, double exponent) { return base::pow(1.0 + hours, -exponent); }
double scaled_power(const decay_config& config, double hours) {
  return power(hours * seconds_per_hour / config.power_scale_seconds, config.power_exponent);
}
double exponential(double hours, double tau) { return base::exp(-hours / tau); }

/// What one trace of this age keeps.
double kept(const decay_config& config, double hours, bool rehearsed) {
  switch (config.function) {
  case decay_function::none:
    return 1.0;
  case decay_function::power_law:
    return scaled_power(config, hours);
  case decay_function::exponential:
    return exponential(hours, config.tau_hours);
  case decay_function::hybrid:
    return hours < config.hybrid_switch_hours ? exponential(hours, config.hybrid_tau_hours)
                                              : power(hours, config.hybrid_exponent);
  case decay_function::two_component:
    return rehearsed ? scaled_power(config, hours) : exponential(hours, config.tau_hours);
  }
  return 1.0;
}

/// One encoding or access, and how much faster than the first it fades.
struct trace {
  base::instant at;
  double haste = 1.0;
};

double clamp_unit(double x) { return std::min(1.0, std::max(0.0, x)); }

/// Differences of extreme instants do not fit 64 bits, so subtract as doubles.
double hours_between(base::instant from, base::instant to) {
  return (static_cast<double>(to.ms) - static_cast<double>(from.ms)) / ms_per_hour;
}

} // namespace

double retention(const decay_config& config, base::instant encoded_at,
                 const access_record& accesses, base::instant now) {
  if (config.function == decay_function::none || encoded_at >= now) return 1.0;
  const bool rehearsed = accesses.count >= config.rehearsals;
  std::array<trace, access_record::newest_max + 1> traces; // oldest first
  std::size_t count = 0;
  /// What of the traces so far is lost at that instant.
  const auto lost_at = [&](base::instant at) {
    double lost = 1.0;
    for (std::size_t i = 0; i < count; ++i) {
      const double left = clamp_unit(kept(config, hours_between(traces[i].at, at), rehearsed));
      lost = lost * (1.0 - (traces[i].haste == 1.0 ? left : base::pow(left, traces[i].haste)));
    }
    return lost;
  };
  traces[count++] = {encoded_at, 1.0};
  const auto marks = accesses.marks();
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
    // Marks are floored to the second, so one may seem to lie just before its own encoding.
    const base::instant at = std::max(base::instant{mark->second * 1000}, encoded_at);
    if (at > now) break;
    const double fresh = config.spacing > 0 ? clamp_unit(1.0 - lost_at(at)) : 0.0;
    traces[count++] = {at, 1.0 + config.spacing * fresh};
  }
  return std::max(clamp_unit(config.floor), clamp_unit(1.0 - lost_at(now)));
}

std::optional<decay_function> parse_decay_function(std::string_view name) noexcept {
  for (const auto& [function, text] : names)
    if (text == name) return function;
  return std::nullopt;
}

std::string_view to_string(decay_function function) noexcept {
  for (const auto& [value, text] : names)
    if (value == function) return text;
  return "none";
}

} // namespace engram::memory

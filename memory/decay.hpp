#pragma once
// Forgetting as a function: what share of a memory is left at `now`. Computed at every read, never
// written (architecture §5), so a changed configuration acts on the past at once. Pure; base/math
// only, so the same arguments give the same bits everywhere.
//
// The encoding and each access leave a trace of their own; a trace of age t hours keeps f(t), and
// traces fail independently (multiple trace theory, Nadel and Moscovitch 1997):
//     retention = 1 - product over traces of (1 - f(age)^(1 + spacing * r))
// r is what retention was just before the trace was laid: repeating what is still fresh adds a
// trace that fades fast, repeating what is nearly forgotten one that lasts (Pavlik and Anderson
// 2005; the new theory of disuse, Bjork and Bjork 1992). That is the spacing effect.
// Only the eight newest accesses count; older ones are dominated by them. Traces later than `now`
// have not happened yet and are left out, which makes recall at an earlier `now` repeatable.

#include "base/time.hpp"
#include "memory/access.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace engram::memory {

/// Persisted by name in the space's configuration, never by number.
enum class decay_function : std::uint8_t {
  none,          // f = 1
  power_law,     // f = (1 + t / scale)^-exponent    Wickelgren 1974, Wixted and Ebbesen 1991
  exponential,   // f = e^(-t / tau)                 Ebbinghaus 1885, fast hippocampal part
  hybrid,        // exponential below hybrid_switch_hours, power law from there on
  two_component, // exponential until rehearsed `rehearsals` times, power law afterwards
};

struct decay_config {
  decay_function function = decay_function::power_law;
  /// Of power_law and two_component. Both least squares on Ebbinghaus' seven points of 1885 (as
  /// tabled by Murre and Dros 2015): root mean square error .019.
  double power_exponent = 0.13;    // raising it forgets faster
  double power_scale_seconds = 13; // when forgetting sets in; raising it forgets later
  double tau_hours = 1.96;         // of exponential and two_component
  double hybrid_tau_hours = 0.8;   // of hybrid, before the switch
  double hybrid_exponent = 0.25;   // of hybrid, after the switch
  double hybrid_switch_hours = 24;
  std::uint32_t rehearsals = 3; // of two_component
  /// How much faster a trace fades that was laid while all was still fresh; 0: repetitions count
  /// alike whenever they come. At 1, two study sessions a day apart keep 24 % more after a week
  /// than two at once (Cepeda 2006: 15 to 40 %).
  double spacing = 1;
  double floor = 0; // least retention; 0 = a memory may fade entirely
  friend bool operator==(const decay_config&, const decay_config&) = default;
};

/// In [0, 1]. 1 when `encoded_at` is not before `now`. Never falls when a newest access is added.
double retention(const decay_config& config, base::instant encoded_at,
                 const access_record& accesses, base::instant now);

std::optional<decay_function> parse_decay_function(std::string_view name) noexcept;
std::string_view to_string(decay_function function) noexcept;

} // namespace engram::memory

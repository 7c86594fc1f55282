#include "memory/settings.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace engram::memory {
namespace {

/// A number in the space's configuration: where it goes and what it may be.
template <class Config>
struct number_setting {
  std::string_view name;
  double Config::*member;
  double least, most;
};
constexpr std::array<number_setting<decay_config>, 8> numbers{{
    {"decay.power_exponent", &decay_config::power_exponent, 0, 10},
    {"decay.power_scale_seconds", &decay_config::power_scale_seconds, 1e-3, 1e9},
    {"decay.spacing", &decay_config::spacing, 0, 100},
    {"decay.tau_hours", &decay_config::tau_hours, 1e-3, 1e9},
    {"decay.hybrid_tau_hours", &decay_config::hybrid_tau_hours, 1e-3, 1e9},
    {"decay.hybrid_exponent", &decay_config::hybrid_exponent, 0, 10},
    {"decay.hybrid_switch_hours", &decay_config::hybrid_switch_hours, 0, 1e9},
    {"decay.floor", &decay_config::floor, 0, 1},
}};
constexpr double hours_most = 1e6;
constexpr std::array<number_setting<reconsolidation_config>, 6> labilities{{
    {"reconsolidation.opens_hours", &reconsolidation_config::opens_hours, 0, hours_most},
    {"reconsolidation.closes_hours", &reconsolidation_config::closes_hours, 0, hours_most},
    {"reconsolidation.age_hours_min", &reconsolidation_config::age_hours_min, 0, hours_most},
    {"reconsolidation.age_hours_max", &reconsolidation_config::age_hours_max, 0, hours_most},
    {"reconsolidation.plasticity", &reconsolidation_config::plasticity, 0, 1},
    {"reconsolidation.replaces_from", &reconsolidation_config::replaces_from, 0, 1},
}};
/// A cosine, kept in 1/65536.
struct cosine_setting {
  std::string_view name;
  std::uint32_t concept_config::*member;
};
constexpr std::array<cosine_setting, 4> cosines{{
    {"consolidation.similarity", &concept_config::similarity},
    {"consolidation.words_similarity", &concept_config::words_similarity},
    {"consolidation.words_assimilated", &concept_config::words_assimilated},
    {"consolidation.words_joined", &concept_config::words_joined},
}};
constexpr std::string_view members_name = "consolidation.members_min";
constexpr std::string_view function_name = "decay.function";
constexpr std::string_view rehearsals_name = "decay.rehearsals";
constexpr std::string_view share_name = "share_concepts";

template <class Number>
std::optional<Number> read(std::string_view text, Number least, Number most) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, value);
  // The comparison is written so that NaN fails it.
  if (fault != std::errc{} || rest != end || !(value >= least && value <= most))
    return std::nullopt;
  return value;
}

std::optional<std::uint32_t> read_rehearsals(std::string_view text) {
  return read<std::uint32_t>(text, 1, 1000);
}

template <class Config, std::size_t N>
bool set_number(const std::array<number_setting<Config>, N>& among, Config& config,
                std::string_view name, std::string_view value) {
  for (const auto& setting : among) {
    if (setting.name != name) continue;
    const auto number = read<double>(value, setting.least, setting.most);
    if (number) config.*setting.member = *number;
    return number.has_value();
  }
  return false;
}

bool set(reconsolidation_config& config, std::string_view name, std::string_view value) {
  return set_number(labilities, config, name, value);
}

/// false: no such name, or no such value.
bool set(decay_config& config, std::string_view name, std::string_view value) {
  if (name == function_name) {
    const auto function = parse_decay_function(value);
    if (function) config.function = *function;
    return function.has_value();
  }
  if (name == rehearsals_name) {
    const auto rehearsals = read_rehearsals(value);
    if (rehearsals) config.rehearsals = *rehearsals;
    return rehearsals.has_value();
  }
  return set_number(numbers, config, name, value);
}

bool set(concept_config& config, std::string_view name, std::string_view value) {
  if (name == members_name) {
    const auto members = read<std::uint32_t>(value, 2, 1000);
    if (members) config.members_min = *members;
    return members.has_value();
  }
  for (const auto& setting : cosines) {
    if (setting.name != name) continue;
    const auto cosine = read<double>(value, 0, 1);
    if (cosine) config.*setting.member = static_cast<std::uint32_t>(*cosine * 65536 + 0.5);
    return cosine.has_value();
  }
  return false;
}

template <class Settings>
bool any_named(const Settings& among, std::string_view name) {
  for (const auto& setting : among)
    if (setting.name == name) return true;
  return false;
}

bool known(std::string_view name) {
  return name == function_name || name == rehearsals_name || name == members_name ||
         name == share_name || any_named(numbers, name) || any_named(cosines, name) ||
         any_named(labilities, name);
}

} // namespace

base::result<void> validate_setting(std::string_view name, std::string_view value) {
  if (!known(name)) return {base::errc::invalid_name, "setting=" + std::string(name)};
  decay_config decay;
  concept_config concepts;
  reconsolidation_config revision;
  const bool is_switch = name == share_name && (value == "on" || value == "off");
  if (!is_switch && !set(decay, name, value) && !set(concepts, name, value) &&
      !set(revision, name, value))
    return {base::errc::invalid_argument,
            "setting=" + std::string(name) + " value=" + std::string(value.substr(0, 64))};
  return base::success();
}

decay_config decay_of(const std::map<std::string, std::string, std::less<>>& settings) {
  decay_config config;
  for (const auto& [name, value] : settings) set(config, name, value);
  return config;
}

concept_config concepts_of(const std::map<std::string, std::string, std::less<>>& settings) {
  concept_config config;
  for (const auto& [name, value] : settings) set(config, name, value);
  return config;
}

reconsolidation_config
reconsolidation_of(const std::map<std::string, std::string, std::less<>>& settings) {
  reconsolidation_config config;
  for (const auto& [name, value] : settings) set(config, name, value);
  return config;
}

bool shares_concepts(const std::map<std::string, std::string, std::less<>>& settings) {
  const auto found = settings.find(share_name);
  return found != settings.end() && found->second == "on";
}

} // namespace engram::memory

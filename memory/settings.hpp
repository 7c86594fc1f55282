#pragma once
// The registers of a space's own configuration: which names exist, what their values may be, and
// what they mean together. A register of a name this version does not know is kept and has no
// effect, so a newer node's setting survives an older one. Pure.

#include "base/result.hpp"
#include "memory/concepts/concept.hpp"
#include "memory/decay.hpp"
#include "memory/reconsolidation_config.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace engram::memory {

/// Refuses unknown names and malformed values; used at acceptance only.
base::result<void> validate_setting(std::string_view name, std::string_view value);

/// decay.function, decay.power_exponent, decay.power_scale_seconds, decay.tau_hours,
/// decay.hybrid_tau_hours, decay.hybrid_exponent, decay.hybrid_switch_hours, decay.rehearsals,
/// decay.spacing, decay.floor. A value that does not read (an older rule's, say) leaves the
/// default.
decay_config decay_of(const std::map<std::string, std::string, std::less<>>& settings);

/// consolidation.similarity, consolidation.words_similarity, consolidation.words_assimilated,
/// consolidation.words_joined (cosines, 0 to 1), consolidation.members_min.
concept_config concepts_of(const std::map<std::string, std::string, std::less<>>& settings);

/// reconsolidation.opens_hours, .closes_hours, .age_hours_min, .age_hours_max, .plasticity (0 to 1)
/// and .replaces_from (0 to 1).
reconsolidation_config
reconsolidation_of(const std::map<std::string, std::string, std::less<>>& settings);

/// share_concepts, "on" or "off" (the default): whether the strongest concepts of the space, with
/// no text, may lie on members that hold no replica.
bool shares_concepts(const std::map<std::string, std::string, std::less<>>& settings);

} // namespace engram::memory

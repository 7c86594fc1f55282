#pragma once
// When and how far a memory may be revised (Nader, Schafe and LeDoux 2000): one that is a day old
// or older becomes labile some time after it was recalled, and for some hours; how plastic it is
// rises and falls within that window. A revision is written as a memory of its own that names what
// it revises, so that nothing is lost: beyond a certain extent the old one is hidden, else both
// stand as alternatives. Pure: says which operations to write.
//
//   x = (time since the newest recall - opens) / (closes - opens)
//   plasticity = most * 4 x (1 - x)                        0 outside of the window
//   confidence of the revision = clamp(old + plasticity * (given - old))

#include "base/result.hpp"
#include "memory/access.hpp"
#include "memory/reconsolidation_config.hpp"
#include "memory/types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace engram::memory {

/// The kind of the association from a revision to what it revises.
inline constexpr std::string_view REVISES = "revises";

/// In [0, plasticity]; 0: it cannot be revised at this moment.
double plasticity_of(const reconsolidation_config& config, base::instant encoded,
                     const access_record& accesses, base::instant now);

/// Share of the words of both texts that only one of them has, in [0, 1].
double extent_of(std::string_view before, std::string_view after);

struct revision {
  std::vector<operation> operations; // in this order; all or none
  double plasticity = 0, extent = 0;
  double confidence = 0; // of the revision
  bool replaces = false; // the old one is hidden
};

/// `old`: as stored. `changed`: the same memory as it should be, under an id of its own. Refused
/// with errc::invalid_argument outside of the window, saying when it opens or that it closed.
base::result<revision> revise(const reconsolidation_config& config, const episode& old,
                              base::instant encoded, const access_record& accesses, episode changed,
                              base::instant now);

} // namespace engram::memory

#pragma once
// Whom a memory makes think of whom: explicit associations, and the implicit ones that the
// snapshot's indexes hold. Weights are computed when asked, from counts of visible memories; a
// memory's fan is bounded. Pure.

#include "memory/index/snapshot.hpp"
#include "memory/recall/recall_config.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engram::memory {

enum class link_kind : std::uint8_t {
  next,
  next_but_one,
  back_one,
  back_two,
  reply,
  session,
  rare_term,
  names_title,
  named_by,
  explicit_out,
  explicit_in,
  co_recall
};

struct link {
  std::uint32_t target = 0;
  double weight = 0;
  link_kind kind = link_kind::next;
  std::uint64_t detail = 0; // rare_term: its key; explicit: index into edge_runs::kinds
};

/// Appends what leaves `from` at the time `now`, but for its session (see session_weight). Targets
/// are visible.
void links_of(const snapshot& on, const recall_config& config, base::instant now,
              std::uint32_t from, std::vector<link>& to);

/// The part of it that was asserted.
void explicit_links_of(const snapshot& on, const recall_config& config, std::uint32_t from,
                       std::vector<link>& to);

/// What an explicit association is divided by that leaves with so many others (Anderson 1974).
double fan_cost(std::size_t fan);

/// What each other member of the session hears; 0 for a session that is too large or has no other.
double session_weight(const snapshot& on, const recall_config& config, std::uint64_t session);

/// Names of link_name() that no explicit kind need bear.
bool is_implicit(std::string_view name) noexcept;

/// "next", "reply", "session", "rare-term", "title", ..., or the explicit kind.
std::string link_name(const snapshot& on, const link& l);

} // namespace engram::memory

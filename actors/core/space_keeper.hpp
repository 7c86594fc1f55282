#pragma once
// What the supervisor decides: which spaces are opened, reopened after a crash, closed under the
// node's budget, and parked. Pure: events in, actions out; the actor around it opens and closes.
//
// Rules: a crashed partition is reopened from the store, `restarts_max` times per `window`; one
// that fails twice on the same entry is parked at once, since a third time would be no different. A
// parked space answers `space_parked` until the process starts anew; the node lives on.

#include "base/error.hpp"
#include "base/id.hpp"
#include "base/time.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace engram::actors {

/// Where in the log of its space an entry stands.
struct log_place {
  base::origin_id origin;
  std::uint64_t sequence = 0;
  friend auto operator<=>(const log_place&, const log_place&) = default;
};

enum class space_phase : std::uint8_t { closed, opening, open, closing, parked };

struct keeper_rules {
  std::uint32_t restarts_max = 5;
  std::chrono::nanoseconds window = std::chrono::minutes(10);
  std::uint64_t memory_bytes_max = 0; // of open spaces together; 0 = no bound
};

class space_keeper {
public:
  struct parking {
    base::space_id space;
    base::error why;
  };
  struct actions {
    std::vector<base::space_id> open, close;
    std::vector<parking> park;
  };

  explicit space_keeper(keeper_rules rules) : rules_(rules) {}

  /// Somebody waits for the space. Opens it unless that is under way; a closing one reopens when
  /// closed.
  actions step_wanted(const base::space_id& space);
  void step_opened(const base::space_id& space);
  /// The partition, or its opening, failed; `at` names the entry being applied, if one was.
  actions step_failed(const base::space_id& space, base::error why, std::optional<log_place> at,
                      std::chrono::nanoseconds now);
  actions step_closed(const base::space_id& space);
  /// The directory says it is gone.
  actions step_dropped(const base::space_id& space);

  struct usage {
    base::space_id space;
    std::uint64_t memory_bytes = 0;
    std::chrono::nanoseconds last_used{0};
    bool busy = false;
  };
  /// Closes the longest unused of the open ones that are not busy until the rest fits the budget.
  actions tick(std::vector<usage> open);

  space_phase phase(const base::space_id& space) const;
  const base::error* parked_for(const base::space_id& space) const;

private:
  struct space_state {
    space_phase phase = space_phase::closed;
    bool wanted = false; // while closing
    std::deque<std::chrono::nanoseconds> failures;
    std::optional<log_place> failed_at;
    base::error why;
  };

  keeper_rules rules_;
  std::map<base::space_id, space_state> rows_;
};

} // namespace engram::actors

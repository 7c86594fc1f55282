#pragma once
// The query coordinator: asks one replica per space, asks a silent or failing space elsewhere as a
// whole, ends at its deadline with what has come. It sees outcomes, never answers; whoever drives
// it keeps those by slot. Pure: time is a parameter, effects are returned.
//
// An error whose advice is to give up is the same everywhere and is not asked again; a write that a
// replica has too much work for is not passed on to the next.
//
// Invariant: finished exactly once; after that every step is without effect. Of several answers for
// one slot the first counts.

#include "base/error.hpp"
#include "base/id.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace engram::actors {

using nanoseconds = std::chrono::nanoseconds; // of the monotonic clock

struct scatter_target {
  base::space_id space;
  std::vector<base::store_id> replicas; // in the order to ask them
};

struct scatter_rules {
  nanoseconds deadline{0}; // absolute
  nanoseconds patience{0}; // with one replica before the next is asked; 0 = until the deadline
  bool is_write =
      false; // goes elsewhere only when it certainly did not happen: else it could twice
};

class scatter {
public:
  struct ask {
    std::size_t slot = 0;
    std::uint32_t attempt = 0;
    base::store_id replica;
  };
  struct actions {
    std::vector<ask> asks;
    bool finished = false;
  };
  enum class slot_state : std::uint8_t { waiting, answered, failed, expired };
  struct slot_status {
    scatter_target target;
    slot_state state = slot_state::waiting;
    std::uint32_t attempts = 0; // replicas asked so far
    nanoseconds asked_at{0};
    /// Failed: what the first replica said, or the first that cannot tell whether it happened.
    std::optional<base::error> error;
  };

  scatter(std::vector<scatter_target> targets, scatter_rules rules);

  actions start(nanoseconds now);
  /// `error` empty: the slot has its answer. An answer of an earlier attempt counts as well.
  actions step_answer(std::size_t slot, std::uint32_t attempt, std::optional<base::error> error,
                      nanoseconds now);
  actions tick(nanoseconds now);

  const std::vector<slot_status>& slots() const noexcept { return slots_; }
  bool finished() const noexcept { return finished_; }

private:
  bool is_worth_asking_elsewhere(const base::error& after) const;
  bool ask_next(std::size_t i, nanoseconds now, actions& out);
  actions settle(actions out);

  std::vector<slot_status> slots_;
  scatter_rules rules_;
  bool finished_ = false;
};

} // namespace engram::actors

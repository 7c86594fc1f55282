#pragma once
// What happens in a space, as who watches it is told. Most events are entries of the space's log,
// so any replica tells them, after a restart too; a few only the replica saw that did the work.
// Values only. docs/events.md lists the kinds.

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "memory/query_language/finding.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engram::actors {

namespace event_kind {
inline constexpr std::string_view remembered = "remembered";
inline constexpr std::string_view associated = "associated";
inline constexpr std::string_view revised = "revised";
inline constexpr std::string_view dreamt = "dreamt";
inline constexpr std::string_view recalled = "recalled";
inline constexpr std::string_view suppressed = "suppressed";
inline constexpr std::string_view restored = "restored";
inline constexpr std::string_view deleted = "deleted";
inline constexpr std::string_view purged = "purged";
inline constexpr std::string_view configured = "configured";
inline constexpr std::string_view erased = "erased";         // an entry whose content is gone
inline constexpr std::string_view unreadable = "unreadable"; // damaged here, or of a newer version
// Seen by one replica only:
inline constexpr std::string_view consolidated = "consolidated";
inline constexpr std::string_view concept_formed = "concept";
inline constexpr std::string_view replayed = "replayed"; // a cycle of a dream
// Seen in an answer, told only while somebody asks for them (actors/events/mechanisms.hpp):
inline constexpr std::string_view faded = "faded";           // forgetting
inline constexpr std::string_view primed = "primed";         // priming
inline constexpr std::string_view interfered = "interfered"; // interference
inline constexpr std::string_view evoked = "evoked";         // by associations alone: false memory
inline constexpr std::string_view blended = "blended";
inline constexpr std::string_view recognized = "recognized";
inline constexpr std::string_view completed = "completed";
inline constexpr std::string_view predicted = "predicted";
inline constexpr std::string_view imagined = "imagined";
} // namespace event_kind

struct event {
  std::string kind;
  base::instant at;
  std::vector<std::string> ids; // of memories
  std::string detail;           // of an association its kind, of a setting NAME=VALUE
  memory::measures measures;
  std::shared_ptr<const memory::episode> what; // remembered: as it came
  /// The entry; sequence 0: there is none, this replica alone saw it.
  base::origin_id origin;
  std::uint64_t sequence = 0;
  std::string space{}; // its name, when several were asked
};

struct watch_request {
  std::string cursor;                        // of the last answer; "" = from now on
  bool from_start = false;                   // without a cursor: all that the log still holds
  std::vector<std::string> kinds, who, tags; // only these; none: all
  std::uint32_t limit = 256;
  base::duration wait{0}; // for something to happen
};

struct watch_reply {
  std::vector<event> events; // each origin's in its order, among origins by time
  std::string cursor;
  std::uint64_t missed = 0; // happened since the cursor, and can no longer be told
  /// Of several spaces, those that did not answer; the cursor waits for them.
  struct silent_space {
    std::string name;
    base::error why;
  };
  std::vector<silent_space> silent{};
};

inline constexpr std::uint32_t WATCH_LIMIT_MAX = 1'000;
inline constexpr base::duration WATCH_WAIT_MAX{30'000};
inline constexpr std::size_t WATCH_SPACES_MAX = 256;

} // namespace engram::actors

#pragma once
// What happens in a space, as who watches it is told: docs/events.md. Plain values.

#include "client/query_types.hpp"

#include <optional>
#include <string>
#include <vector>

namespace engram::client {

struct watch_query {
  std::string cursor;      // of the last answer; "" = from now on, answered at once
  bool from_start = false; // without a cursor: all that the log still holds
  std::vector<std::string> kinds, who, tags; // only these; none: all
  std::uint32_t limit = 256;
  base::duration wait{0}; // for something to happen; at most 30 s
};

struct space_event {
  std::string kind;
  base::instant at;
  std::vector<std::string> ids; // of memories
  std::string detail;           // of an association its kind, of a setting NAME=VALUE
  client::measures measures;
  std::optional<episode> what; // remembered: as it came
  std::string origin;          // 32 digits, with the sequence the log's entry; "": none stands
  std::uint64_t sequence = 0;  //   behind it, one replica alone saw it
  std::string space;           // its name, when several were asked
};

struct watch_answer {
  std::vector<space_event> events;
  std::string cursor;       // for the next question, to any member
  std::uint64_t missed = 0; // happened since the cursor, and can no longer be told
  /// Of several spaces: did not answer; the cursor waits for them.
  std::vector<std::pair<std::string, base::error>> silent;
};

} // namespace engram::client

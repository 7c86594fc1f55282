#pragma once
// How a read is asked and what every answer says of how much it saw; memories by their ids. Part of
// the service (actors/service.hpp).

#include "actors/concepts/values.hpp"
#include "actors/service/reply.hpp"
#include "base/id.hpp"
#include "base/time.hpp"
#include "memory/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace engram::actors {

enum class read_level : std::uint8_t {
  any = 0,    // what the first replica has; with a token: at least that
  quorum = 1, // all that a majority of the replicas hold, or errc::too_few_replicas
};

struct read_options {
  std::string token;          // causal token; "" = any
  base::duration deadline{0}; // 0 = the node's default
  bool strict = false;
  read_level level = read_level::any;
};

struct missing_space {
  std::string name;
  base::error why;                // what its first replica said
  std::optional<knowledge> known; // from its sheet, where one is here
};
struct coverage {
  std::uint32_t spaces_asked = 1, spaces_answered = 1, replicas_asked = 1, replicas_answered = 1;
  std::uint64_t memories = 0, damaged = 0, stale_ms = 0;
  std::uint64_t lagging = 0; // entries that others said they hold, not seen here
  memory::interval missing;  // share of the full-coverage top-k that is not here, 90 %
  std::vector<missing_space> missing_spaces; // by name
};

struct memory_record {
  memory::episode what;
  base::instant stored_at;
  bool suppressed = false;
  std::uint64_t access_count = 0;
  std::optional<base::instant> last_access;
  double retention = 1;
  std::vector<memory::association> associations;
};

struct scan_page {
  std::vector<memory_record> records;
  std::string cursor; // "" = the end
};

class read_service {
public:
  virtual void get(base::space_id space, std::vector<std::string> ids, read_options read,
                   reply<std::vector<memory_record>> done) = 0;
  virtual void scan(base::space_id space, std::string cursor, std::uint32_t limit,
                    reply<scan_page> done) = 0;

protected:
  ~read_service() = default;
};

} // namespace engram::actors

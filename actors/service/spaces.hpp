#pragma once
// Spaces by name: the directory's side of the service, and what is known of one. Part of the
// service (actors/service.hpp).

#include "actors/service/reply.hpp"
#include "base/hash.hpp"
#include "base/id.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace engram::actors {

struct space_spec {
  std::string name;
  std::uint32_t dimension = 0;
  std::string language = "english";
};

struct space_info {
  space_spec spec;
  base::space_id identity;
  std::uint32_t generation = 1;
  std::uint64_t memories = 0, associations = 0, suppressed = 0, graves = 0, damaged = 0;
  std::uint64_t memory_bytes = 0;
  bool parked = false;
  base::hash128 state_hash;
  std::uint64_t entries = 0;    // of its logs, trimmed ones too
  std::uint64_t disk_bytes = 0; // of this replica, roughly
};

/// Which spaces, by the names they have at that moment.
struct space_selector {
  std::vector<std::string> names; // these; none:
  std::string prefix;             // all whose name begins with it
};

class space_service {
public:
  virtual void create_space(space_spec spec, reply<space_info> done) = 0; // idempotent
  virtual void resolve(std::string name, reply<space_info> done) = 0;     // opens it if need be
  virtual void list_spaces(reply<std::vector<space_info>> done) = 0;
  virtual void drop_space(std::string name, reply<void> done) = 0;
  virtual void info(base::space_id space, reply<space_info> done) = 0;

protected:
  ~space_service() = default;
};

} // namespace engram::actors

#pragma once
// What is said of a purge: asked of each replica, and what its certificate says in the end. Values;
// part of the service (actors/service.hpp).

#include "base/id.hpp"
#include "base/time.hpp"
#include "memory/purge.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace engram::actors {

/// Which memories, with a body on this replica's disk, does the purge cover? With `rewrite`, and
/// when there are none: make every byte of what was erased unreadable.
struct purge_ask {
  memory::purge_target target;
  bool rewrite = false;
};
struct purge_reply {
  std::vector<base::memory_key> keys; // ascending
  bool rewritten = false;
};

struct purge_certificate {
  struct replica {
    base::store_id store;
    bool confirmed = false; // no byte is left there
    std::string why;        // else
  };
  std::uint64_t memories = 0;    // deleted by this purge
  std::vector<replica> replicas; // of the placement, in its order
  base::instant at;
  bool complete() const {
    for (const auto& each : replicas)
      if (!each.confirmed) return false;
    return !replicas.empty();
  }
};

} // namespace engram::actors

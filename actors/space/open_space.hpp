#pragma once
// Brings a space back from the store: state items staged on the compute pool while they are read,
// then the entries above the vector applied again. What is damaged is counted and left out. Blocks;
// runs on the opener's thread.

#include "actors/compute_pool.hpp"
#include "actors/core/space_keeper.hpp"
#include "actors/log/log_thread.hpp"
#include "actors/space/space_slot.hpp"

#include <variant>

namespace engram::actors {

struct opened_space {
  std::shared_ptr<space_slot> slot;
  std::unique_ptr<partition> core;
};
struct open_failure {
  base::error why;
  std::optional<log_place> at;
};
using open_result = std::variant<opened_space, open_failure>;

/// For tests that plant a defect: called before an entry is applied, may throw.
using apply_probe = std::function<void(const memory::entry_meta&)>;

struct open_context {
  const storage::store& store;
  log_thread& log;
  compute_pool& pool;
  apply_probe probe;
};

open_result open_space(const open_context& in, memory::space_config config);

} // namespace engram::actors

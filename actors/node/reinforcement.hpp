#pragma once
// Accesses that recalls leave behind: one operation per recall, gathered here after the reply and
// written in batches. They are worth less than any request: what does not fit is dropped, counted.
// Any thread.

#include "actors/core/exchange.hpp"

#include <map>
#include <mutex>

namespace engram::actors {

class reinforcement {
public:
  static constexpr std::size_t waiting_max = 4096; // operations, over all spaces

  /// False when there is no room.
  bool add(const base::space_id& space, write_op access);
  std::map<base::space_id, std::vector<write_op>> take();

private:
  std::mutex mutex_;
  std::map<base::space_id, std::vector<write_op>> waiting_;
  std::size_t count_ = 0;
};

/// Which memories a recall returned, under an operation id of its own.
write_op access_of(const base::space_id& space, const std::vector<memory::hit>& hits,
                   base::instant at, const base::hash128& id);

} // namespace engram::actors

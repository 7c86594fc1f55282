#include "actors/node/reinforcement.hpp"

#include "memory/index/keys.hpp"

#include <algorithm>
#include <utility>

namespace engram::actors {

bool reinforcement::add(const base::space_id& space, write_op access) {
  const std::lock_guard lock(mutex_);
  if (count_ >= waiting_max) return false;
  ++count_;
  waiting_[space].push_back(std::move(access));
  return true;
}

std::map<base::space_id, std::vector<write_op>> reinforcement::take() {
  const std::lock_guard lock(mutex_);
  count_ = 0;
  return std::exchange(waiting_, {});
}

write_op access_of(const base::space_id& space, const std::vector<memory::hit>& hits,
                   base::instant at, const base::hash128& id) {
  memory::access_op op;
  op.at = at;
  for (const auto& hit : hits) op.keys.push_back(memory::memory_key_of(space, hit.id));
  std::sort(op.keys.begin(), op.keys.end());
  op.keys.erase(std::unique(op.keys.begin(), op.keys.end()), op.keys.end());
  return {std::move(op), id.hex()};
}

} // namespace engram::actors

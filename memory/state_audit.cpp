#include "memory/state_audit.hpp"

#include "memory/state_items.hpp"

namespace engram::memory {

void state_audit::take(std::string_view key, std::string_view value) {
  const auto item = decode_item(key, value);
  if (!item) return;
  if (const auto* bucket = std::get_if<bucket_item>(&*item)) {
    if (bucket->index < kept_.size()) kept_[bucket->index] = bucket->sum;
    return;
  }
  const auto logical = logical_item(*item);
  if (!logical.key.empty()) made_.add(logical.key, logical.value);
}

std::vector<base::hash128> state_audit::made() const {
  std::vector<base::hash128> out;
  out.reserve(state_hash::bucket_count);
  for (std::size_t i = 0; i < state_hash::bucket_count; ++i) out.push_back(made_.bucket(i));
  return out;
}

} // namespace engram::memory

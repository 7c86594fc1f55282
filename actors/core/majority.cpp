#include "actors/core/majority.hpp"

namespace engram::actors {

std::optional<base::result<std::string>> majority::step(const base::result<std::string>& vector) {
  if (!vector) {
    if (heard_ == needed_ || ++failed_ != asked_ - needed_ + 1) return std::nullopt;
    return base::result<std::string>(base::errc::too_few_replicas,
                                     "a quorum read hears " + std::to_string(needed_) + " of " +
                                         std::to_string(asked_) + " replicas; one said " +
                                         vector.error().message() + "; any would do");
  }
  if (failed_ > asked_ - needed_ || heard_ == needed_) return std::nullopt;
  seen_ = join_tokens(seen_, *vector, space_, vector_bytes_max);
  if (++heard_ < needed_) return std::nullopt;
  return base::result<std::string>(std::move(seen_));
}

} // namespace engram::actors

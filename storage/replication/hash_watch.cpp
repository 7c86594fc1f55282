#include "storage/replication/hash_watch.hpp"

#include <algorithm>

namespace engram::storage {

base::result<std::vector<std::uint16_t>> compare(const message::state_hashes& ours,
                                                 const message::state_hashes& theirs) {
  std::vector<std::uint16_t> out;
  if (ours.space != theirs.space || ours.digest != theirs.digest) return out;
  if (ours.buckets.size() != theirs.buckets.size())
    return {base::errc::incompatible, "hash buckets=" + std::to_string(theirs.buckets.size())};
  for (std::size_t i = 0; i < ours.buckets.size(); ++i)
    if (ours.buckets[i] != theirs.buckets[i]) out.push_back(static_cast<std::uint16_t>(i));
  return out;
}

std::optional<std::pair<std::uint16_t, std::uint16_t>> hash_watch::due(base::instant now) {
  if (!next_at_) next_at_ = now;
  if (now < *next_at_) return std::nullopt;
  const auto first = next_;
  const auto last = static_cast<std::uint16_t>(std::min<int>(buckets_, first + slice));
  next_ = last == buckets_ ? 0 : last;
  next_at_ = now + round_ * slice / std::max<int>(buckets_, 1); // a late slice is not made up for
  return std::pair{first, last};
}

hash_verdict hash_watch::judged(const base::store_id& peer, bool own_clean, bool peer_clean) {
  if (!own_clean) {
    rebuild_ = peer;
    return hash_verdict::rebuild;
  }
  return peer_clean ? hash_verdict::report : hash_verdict::wait;
}

} // namespace engram::storage

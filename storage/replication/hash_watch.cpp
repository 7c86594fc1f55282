#include "storage/replication/hash_watch.hpp"

#include <algorithm>
#include <bit>

namespace engram::storage {

namespace {

/// All buckets in one.
message::state_hashes short_of(const message::state_hashes& whole) {
  // Where they lie: high, low, little endian.
  static_assert(std::endian::native == std::endian::little && sizeof(base::hash128) == 16);
  const std::string_view all{reinterpret_cast<const char*>(whole.buckets.data()),
                             whole.buckets.size() * sizeof(base::hash128)};
  return {whole.space, whole.digest, {base::fast_hash128(all)}};
}

} // namespace

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

void hash_watch::agrees(const base::store_id& peer, std::uint64_t digest, base::instant now) {
  const auto known = told_.find(peer);
  if (known != told_.end()) {
    const bool same = known->second.digest == digest;
    if (now < known->second.at + (same ? rules_.compare_every : rules_.settle)) return;
  }
  told_[peer] = {digest, now};
  to_tell_.insert(peer);
}

void hash_watch::heard(const base::store_id& peer, const message::state_hashes& theirs) {
  if (rules_.on) to_compare_[peer] = theirs;
}

void hash_watch::lost(const base::store_id& peer) {
  told_.erase(peer);
  to_tell_.erase(peer);
  to_compare_.erase(peer);
  differ_.erase(peer);
}

account_wish hash_watch::wish(base::instant now) {
  if (!rules_.on || (wished_at_ && now < *wished_at_ + rules_.patience)) return account_wish::none;
  if (!next_scrub_) next_scrub_ = now + rules_.scrub_every;
  const bool whole = doubt_ || now >= *next_scrub_;
  if (!whole && to_tell_.empty() && to_compare_.empty()) return account_wish::none;
  wished_at_ = now;
  return whole ? account_wish::whole : account_wish::kept;
}

hash_watch::findings hash_watch::took(const base::result<state_account>& what, std::uint64_t at,
                                      std::uint64_t digest, std::size_t others, base::instant now) {
  findings out;
  wished_at_.reset();
  const auto peers = std::exchange(to_tell_, {});
  const auto theirs = std::exchange(to_compare_, {});
  const bool whole = what && !what->made.empty();
  if (whole) next_scrub_ = now + rules_.scrub_every;
  if ((!what && what.error().code == base::errc::corrupt) || (whole && what->made != what->kept)) {
    ++damage_found_;
    out.distrust = true;
    return out;
  }
  if (!what && next_scrub_ <= now) next_scrub_ = now + rules_.settle;
  if (whole) doubt_ = false;
  if (!what || at != digest) { // it moves: compared when the vectors agree again
    for (const auto& peer : peers) told_[peer] = {0, now};
    return out;
  }
  const message::state_hashes ours{space_, digest, what->kept};
  for (const auto& [peer, said] : theirs) compare_with(peer, said, ours, out);
  for (const auto& peer : peers) out.send.push_back({peer, short_of(ours)});
  if (whole) out.distrust = is_odd_one(digest, others);
  return out;
}

void hash_watch::compare_with(const base::store_id& peer, const message::state_hashes& theirs,
                              const message::state_hashes& ours, findings& out) {
  const bool brief = theirs.buckets.size() == 1;
  const auto found = compare(brief ? short_of(ours) : ours, theirs);
  if (!found || theirs.digest != ours.digest) return;
  differ_.erase(peer);
  if (found->empty()) return;
  differ_.emplace(peer, brief ? theirs : short_of(theirs));
  doubt_ = true;
  if (brief) out.send.push_back({peer, ours});
}

/// A majority of the replicas agrees on another state. Otherwise nobody can say who is right.
bool hash_watch::is_odd_one(std::uint64_t digest, std::size_t others) {
  std::map<base::hash128, std::size_t> votes;
  std::size_t most = 0;
  for (const auto& [peer, said] : differ_)
    if (said.digest == digest) most = std::max(most, ++votes[said.buckets.front()]);
  if (most > 0 && std::exchange(reported_, digest) != digest) ++diverged_;
  return 2 * most > others + 1;
}

} // namespace engram::storage

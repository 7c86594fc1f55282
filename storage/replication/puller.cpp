#include "storage/replication/puller.hpp"

#include <iterator>

namespace engram::storage {

void puller::heard(const base::store_id& peer, log_vector theirs) {
  peers_[peer] = std::move(theirs);
}

void puller::lost(const base::store_id& peer) {
  peers_.erase(peer);
  for (auto it = under_way_.begin(); it != under_way_.end();)
    it = it->second.peer == peer ? under_way_.erase(it) : std::next(it);
}

const log_vector* puller::known(const base::store_id& peer) const {
  const auto found = peers_.find(peer);
  return found == peers_.end() ? nullptr : &found->second;
}

std::vector<outgoing> puller::next(const log_vector& held, const std::set<base::origin_id>& forked,
                                   base::instant now) {
  // A silent peer lies behind the others until it speaks again.
  for (auto it = under_way_.begin(); it != under_way_.end();) {
    if (now < it->second.deadline) {
      ++it;
      continue;
    }
    peers_.erase(it->second.peer);
    it = under_way_.erase(it);
  }
  std::vector<outgoing> out;
  for (const auto& [peer, theirs] : peers_)
    for (const auto& range : missing_from(held, theirs)) {
      const auto bytes = (under_way_.size() + 1) * limits_.pull_bytes;
      if (bytes > limits_.credit_bytes) return out;
      if (forked.count(range.origin) > 0 || under_way_.count(range.origin) > 0) continue;
      under_way_.emplace(range.origin, asked{peer, now + limits_.patience});
      out.push_back({peer, message::pull{space_, range.origin, range.from, limits_.pull_bytes}});
    }
  return out;
}

bool puller::answered(const base::store_id& peer, const message::entries& what) {
  const auto found = under_way_.find(what.origin);
  if (!what.pulled || found == under_way_.end() || found->second.peer != peer) return false;
  under_way_.erase(found);
  return what.trimmed;
}

} // namespace engram::storage

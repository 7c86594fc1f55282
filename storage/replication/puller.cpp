#include "storage/replication/puller.hpp"

#include <algorithm>
#include <iterator>

namespace engram::storage {

void puller::heard(const base::store_id& peer, log_vector theirs) {
  peers_[peer] = std::move(theirs);
}

void puller::heard(const base::store_id& peer, const base::origin_id& origin,
                   const log_mark& mark) {
  const auto known = peers_.find(peer);
  if (known != peers_.end()) known->second.raise(origin, mark);
}

void puller::lost(const base::store_id& peer) {
  peers_.erase(peer);
  for (auto it = gone_.begin(); it != gone_.end();)
    it = it->first.first == peer ? gone_.erase(it) : std::next(it);
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
      if (is_gone(peer, range.origin, range.from) && !all_gone(range.origin, range.from)) continue;
      under_way_.emplace(range.origin, asked{peer, now + limits_.patience, range.from});
      out.push_back({peer, message::pull{space_, range.origin, range.from, limits_.pull_bytes}});
    }
  return out;
}

bool puller::is_gone(const base::store_id& peer, const base::origin_id& origin,
                     std::uint64_t from) const {
  const auto found = gone_.find({peer, origin});
  return found != gone_.end() && found->second >= from;
}

bool puller::all_gone(const base::origin_id& origin, std::uint64_t from) const {
  return std::all_of(peers_.begin(), peers_.end(), [&](const auto& peer) {
    return peer.second.at(origin) < from || is_gone(peer.first, origin, from);
  });
}

std::optional<std::uint64_t> puller::answered(const base::store_id& peer,
                                              const message::entries& what) {
  const auto found = under_way_.find(what.origin);
  if (!what.pulled || found == under_way_.end() || found->second.peer != peer) return std::nullopt;
  const auto from = found->second.from;
  under_way_.erase(found);
  if (!what.trimmed) return std::nullopt;
  gone_[{peer, what.origin}] = from;
  if (!all_gone(what.origin, from)) return std::nullopt;
  return from;
}

} // namespace engram::storage

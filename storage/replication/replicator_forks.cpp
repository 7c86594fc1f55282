#include "storage/replication/replicator.hpp"

#include <algorithm>

namespace engram::storage {
namespace {

constexpr std::uint64_t everything = ~0ull >> 1;

/// Headers, and behind them the vector's mark: a log that is trimmed to its end is known by that.
std::vector<entry_header> headers_of(const message::entries& from, const log_vector* held) {
  std::vector<entry_header> out;
  for (const auto& item : from.items) out.push_back(item.header);
  if (!out.empty() || held == nullptr) return out;
  const auto mark = held->marks().find(from.origin);
  if (mark == held->marks().end()) return out;
  auto& header = out.emplace_back();
  header.sequence = mark->second.sequence;
  header.running = mark->second.running;
  return out;
}

} // namespace

void replicator::ask_headers(const base::store_id& peer, const base::origin_id& origin,
                             effects& out) {
  say(peer, message::pull{with_.space, origin, 1, everything, true}, out);
}

void replicator::judge_branches(const base::store_id& peer, const message::entries& theirs,
                                effects& out) {
  const auto number = number_of(theirs.origin);
  if (!number || target_) return;
  const message::pull all{theirs.space, theirs.origin, 1, everything, true};
  const auto ours = answer_pull(with_.disk, {with_.number, *number}, all, held().at(theirs.origin));
  if (!ours) return;
  const auto verdict =
      compare_branches(headers_of(*ours, &held()), headers_of(theirs, puller_.known(peer)));
  auto& forks = forks_[peer];
  if (!verdict.forked) forks.erase(theirs.origin);
  if (verdict.forked) forks[theirs.origin] = verdict;
  if (verdict.forked && theirs.origin == self_run_.origin) {
    next_ = step::new_run; // as a holder of this one it meets the fork again
    return;
  }
  // Among several forks between two replicas the first origin decides for all of them.
  if (!forks.empty() && !forks.begin()->second.ours_wins) {
    ++forks_lost_;
    return take_snapshot(peer, out);
  }
  // Ours stays: what of it others hold may be taken again.
  settled_.insert(theirs.origin);
  settle_forks();
  if (verdict.forked)
    say(peer, message::fork_notice{with_.space, theirs.origin, verdict.first}, out);
}

/// Once nothing of it is on its way to the disk. What lies above a gap is of whichever log, and was
/// acknowledged to nobody: it comes again, in order, if it belongs there.
void replicator::settle_forks() {
  if (target_) return;
  for (auto it = settled_.begin(); it != settled_.end();) {
    const auto origin = *it;
    if (!follower_.is_quiet(origin)) {
      ++it;
      continue;
    }
    it = settled_.erase(it);
    appended_.erase(origin);
    with_.log.use(
        [&](log_writer& log, catalog&) { follower_.clear_fork(origin, log, numbers_.at(origin)); });
  }
}

/// False: not now. Nothing may be given up before it was appended.
bool replicator::append_again(const base::origin_id& origin, std::uint64_t from) {
  follower_.note_fork(origin); // no more of it before this is settled
  const auto done = appended_.find(origin);
  if (done != appended_.end() && done->second <= from) return true;
  auto items = divergent_items(with_.disk, {with_.number, *number_of(origin)}, from);
  if (!items) return false;
  bool appended = items->empty();
  if (!appended)
    with_.log.use([&](log_writer& log, catalog&) {
      appended = log.append({0, with_.number, with_.space, *std::move(items)}).has_value();
    });
  if (appended) appended_[origin] = from;
  return appended;
}

} // namespace engram::storage

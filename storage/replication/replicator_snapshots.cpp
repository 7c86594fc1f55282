#include "storage/recovery.hpp"
#include "storage/replication/replicator.hpp"

#include <algorithm>

namespace engram::storage {

// -- taking -------------------------------------------------------------------------------------

void replicator::take_snapshot(const base::store_id& peer, effects& out) {
  if (target_) return;
  target_.emplace(with_.space, with_.number, how_.chunk_bytes);
  target_from_ = peer;
  target_until_ = now_ + how_.snapshot_patience;
  say(peer, target_->first_request(held()), out);
}

/// Of what was appended again nothing is given up: the forks are met again.
void replicator::give_up_snapshot() {
  target_.reset();
  for (const auto& [origin, first] : appended_) settled_.insert(origin);
}

void replicator::tick_snapshots(effects& out) {
  if (target_ && now_ >= target_until_) give_up_snapshot();
  if (target_)
    say(target_from_, target_->begun() ? target_->request() : target_->first_request(held()), out);
  for (auto it = sources_.begin(); it != sources_.end();)
    it = it->second->expired(now_) ? sources_.erase(it) : std::next(it);
}

void replicator::on(const base::store_id& from, const message::snapshot_offer& m, effects& out) {
  if (!target_ || from != target_from_ || target_->begun()) return;
  base::result<void> begun;
  base::result<std::map<base::origin_id, std::uint64_t>> doubts{
      base::error{base::errc::unavailable, {}}};
  with_.log.use([&](log_writer&, catalog& runs) {
    begun = target_->begin(m, with_.disk, runs, out.changes);
    if (begun) doubts = target_->doubtful(with_.disk, runs, held());
  });
  if (!begun) ++offers_refused_;
  if (!doubts) return give_up_snapshot();
  for (const auto& [origin, first] : *doubts) {
    if (origin == self_run_.origin) { // a new run first
      next_ = step::new_run;
      return;
    }
    const auto& judged = forks_[from];
    const auto known = judged.find(origin);
    const auto start = known == judged.end() ? first : std::max(first, known->second.first);
    if (!append_again(origin, start)) return give_up_snapshot();
  }
  say(from, target_->request(), out);
}

void replicator::on(const base::store_id& from, const message::snapshot_chunk& m, effects& out) {
  if (!target_ || from != target_from_) return;
  if (m.ended) { // or an old request came twice
    if (m.after == target_->request().after) give_up_snapshot();
    return;
  }
  const auto taken = target_->step(m, out.changes);
  if (!taken) return give_up_snapshot();
  if (!*taken) return;
  target_until_ = now_ + how_.snapshot_patience;
  if (target_->done())
    next_ = step::exchange;
  else
    say(from, target_->request(), out);
}

base::result<std::uint32_t> replicator::finish_snapshot(batch& changes) {
  base::result<void> done;
  snapshot_target::logs own{appended_, forked()};
  for (const auto& [peer, judged] : forks_)
    for (const auto& [origin, verdict] : judged) own.whole.insert(origin);
  with_.log.use(
      [&](log_writer&, catalog& runs) { done = target_->finish(with_.disk, runs, own, changes); });
  if (done) return target_->number();
  give_up_snapshot(); // it lags behind what came meanwhile
  next_ = step::go_on;
  return done.error();
}

// -- giving -------------------------------------------------------------------------------------

void replicator::on(const base::store_id& from, const message::snapshot_request& m, effects& out) {
  if (m.session.is_zero()) {
    // What is missing here would be missing there. Of a fork nobody ever covers all.
    if (target_ || distrusted_ || (!is_comparable() && forked().empty())) return;
    message::snapshot_offer offer{with_.space, with_.entropy.draw(), {}, {}, {}};
    sources_.erase(from);
    auto source = open_source(std::move(offer), from, m.held);
    if (!source) return;
    say(from, source->offer(), out);
    sources_.emplace(from, std::move(source));
    return;
  }
  const auto found = sources_.find(from);
  if (found == sources_.end() || found->second->offer().session != m.session) {
    say(from, message::snapshot_chunk{with_.space, m.session, m.after, false, true, {}}, out);
    return;
  }
  auto chunk = found->second->step(m, now_);
  if (chunk) return say(from, *std::move(chunk), out);
  say(from, message::snapshot_chunk{with_.space, m.session, m.after, false, true, {}}, out);
  sources_.erase(found);
}

/// State and vector move together, so a cursor opened between two equal readings of the vector
/// stands at that vector. Null: too much is written just now, or damage.
std::unique_ptr<snapshot_source> replicator::open_source(message::snapshot_offer offer,
                                                         const base::store_id& peer,
                                                         const log_vector& theirs) {
  std::map<std::uint32_t, base::origin_id> names;
  with_.log.use([&](log_writer&, catalog& runs) {
    for (const auto& [number, run] : runs.runs()) names.emplace(number, run.origin);
  });
  offer.numbers.assign(names.begin(), names.end());
  for (int attempt = 0; attempt < 8; ++attempt) {
    const auto before = read_vector(with_.disk, with_.number);
    if (!before || !before->is_complete) return nullptr;
    auto tried = offer;
    for (const auto& row : before->rows)
      if (const auto name = names.find(row.origin); name != names.end())
        tried.covers.raise(name->second, {row.applied, row.running});
    add_doubtful(peer, theirs, tried);
    auto source = std::make_unique<snapshot_source>(with_.disk, with_.number, std::move(tried),
                                                    now_, how_.give);
    const auto after = read_vector(with_.disk, with_.number);
    if (after && after->rows == before->rows) return source;
  }
  return nullptr;
}

void replicator::add_doubtful(const base::store_id& peer, const log_vector& theirs,
                              message::snapshot_offer& offer) {
  const auto& verified = verified_[peer].marks();
  for (const auto& [origin, mark] : theirs.marks()) {
    const auto cover = offer.covers.marks().find(origin);
    if (cover == offer.covers.marks().end() || cover->second == mark) continue;
    const auto seen = verified.find(origin); // when its header was still here
    if (seen != verified.end() && seen->second == mark) continue;
    if (cover->second.sequence >= mark.sequence &&
        own_running(origin, mark.sequence) != mark.running)
      offer.doubtful.push_back(origin);
  }
}

} // namespace engram::storage

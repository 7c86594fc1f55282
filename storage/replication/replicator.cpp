#include "storage/replication/replicator.hpp"

#include "base/planted.hpp"

#include <algorithm>

namespace engram::storage {

replicator::replicator(parts with, replicator_settings how)
    : with_(with), how_(how), follower_(with.space, with.number), puller_(with.space, how.pull),
      strays_(with.space), watch_(with.space, how.watch) {
  with_.log.use([&](log_writer&, catalog& runs) {
    self_run_ = runs.self();
    for (const auto& [number, run] : runs.runs()) numbers_.emplace(run.origin, number);
    unexplained_ = runs.is_marked(with_.number, catalog::mark_unexplained);
  });
}

replicator::~replicator() = default;

// -- opening ------------------------------------------------------------------------------------

void replicator::restore(const base::origin_id& origin, const log_mark& held) {
  follower_.restore(origin, held);
}

void replicator::placed(std::vector<base::store_id> placement) {
  if (placement_.empty() && unexplained_) erasures_.restore(placement, with_.self, now_);
  placement_ = std::move(placement);
  stray_ = std::find(placement_.begin(), placement_.end(), with_.self) == placement_.end();
}

// -- writing ------------------------------------------------------------------------------------

replicator::effects replicator::await(std::uint64_t id, std::vector<needed_entries> needs,
                                      std::size_t copies, base::instant deadline,
                                      base::instant now) {
  now_ = now;
  effects out;
  if (needs.empty())
    for (const auto& [origin, mark] : held().marks()) needs.push_back({origin, 1, mark.sequence});
  for (const auto& needed : needs)
    add(quorum_.durable(with_.self, needed.origin, held().at(needed.origin)), out);
  add(quorum_.open({id, std::move(needs), copies, placement_, deadline}), out);
  return end(std::move(out));
}

replicator::effects replicator::durable(const log_outcome& outcome, base::instant now) {
  now_ = now;
  effects out;
  if (outcome.origin == self_run_.number) {
    own_entries(outcome, out);
  } else {
    add(follower_.durable(outcome).send, out);
    settle_forks();
  }
  return end(std::move(out));
}

/// An acknowledgement may come before the disk here has it: it counts for that peer alone.
replicator::effects replicator::formed(const log_outcome& outcome, base::instant now) {
  now_ = now;
  effects out;
  if (outcome.origin == self_run_.number && next_ == step::go_on) push(outcome, out);
  return end(std::move(out));
}

/// What was not pushed yet. A payload that is not at hand is pulled.
void replicator::push(const log_outcome& outcome, effects& out) {
  message::entries push{with_.space, self_run_.origin, false, false, false, {}};
  const bool alone = placement_.empty() || (placement_.size() == 1 && !stray_);
  for (std::size_t i = 0; i < outcome.entries.size(); ++i) {
    const auto& header = outcome.entries[i];
    if (!pushed_.add(header)) continue;
    follower_.own_formed(header);
    if (alone) continue;
    if (i < outcome.payloads.size()) {
      push.items.push_back({header, outcome.payloads[i]});
      continue;
    }
    auto payload =
        with_.disk.get(column::payload, entry_key(with_.number, outcome.origin, header.sequence));
    if (payload) push.items.push_back({header, *std::move(payload)});
  }
  if (!push.items.empty())
    for (const auto& peer : placement_) say(peer, push, out);
}

void replicator::own_entries(const log_outcome& outcome, effects& out) {
  push(outcome, out);
  for (const auto& header : outcome.entries) follower_.own_durable(header);
  if (outcome.entries.empty()) return;
  pushed_.settle(outcome.entries.back().sequence);
  for (auto it = early_.begin(); it != early_.end();) {
    const bool here = it->second.sequence <= outcome.entries.back().sequence;
    if (here) puller_.heard(it->first, self_run_.origin, it->second);
    it = here ? early_.erase(it) : std::next(it);
  }
  add(quorum_.durable(with_.self, self_run_.origin, outcome.entries.back().sequence), out);
}

// -- talking ------------------------------------------------------------------------------------

void replicator::say(const base::store_id& to, message::any what, effects& out) const {
  if (to != with_.self) out.send.push_back({to, std::move(what)});
}

void replicator::add(std::vector<outgoing> list, effects& out) const {
  for (auto& one : list) say(one.to, std::move(one.what), out);
}

void replicator::add(std::vector<write_quorum::outcome> done, effects& out) const {
  std::move(done.begin(), done.end(), std::back_inserter(out.writes));
}

replicator::effects replicator::end(effects out) {
  out.next = next_;
  return out;
}

replicator::effects replicator::heard_digest(const base::store_id& peer, std::uint64_t digest,
                                             base::instant now) {
  return receive(peer, message::digests{{{with_.space, digest}}}, now);
}

replicator::effects replicator::receive(const base::store_id& from, const message::any& what,
                                        base::instant now) {
  now_ = now;
  effects out;
  if (next_ == step::go_on) std::visit([&](const auto& m) { on(from, m, out); }, what);
  return end(std::move(out));
}

replicator::effects replicator::tick(base::instant now) {
  now_ = now;
  effects out;
  add(quorum_.tick(now), out);
  if (next_ != step::go_on) return end(std::move(out));
  settle_forks();
  erasures_.settle(held());
  note_unexplained(!is_comparable());
  compare_early();
  pull_more(out);
  tick_snapshots(out);
  tick_state(out);
  if (stray_ && now >= next_offer_) {
    next_offer_ = now + how_.offer_every;
    add(strays_.offers(placement_, held()), out);
  }
  return end(std::move(out));
}

void replicator::lost(const base::store_id& peer) {
  puller_.lost(peer);
  watch_.lost(peer);
  early_hashes_.erase(peer);
}

void replicator::pull_more(effects& out) {
  if (!stray_) add(puller_.next(follower_.coming(), forked(), now_), out);
}

void replicator::on(const base::store_id& from, const message::digests& m, effects& out) {
  for (const auto& item : m.items) {
    if (item.space != with_.space) continue;
    if (item.digest != digest()) {
      say(from, message::vector{with_.space, held(), true, stray_}, out);
      continue;
    }
    note_claim(from, held(), out);
    erasures_.is_level(from);
    if (is_comparable() && !stray_) watch_.agrees(from, item.digest, now_);
  }
}

/// `theirs` begins like the own logs.
void replicator::note_claim(const base::store_id& from, const log_vector& theirs, effects& out) {
  for (const auto& [origin, mark] : theirs.marks())
    add(quorum_.durable(from, origin, mark.sequence), out);
  if (theirs == held()) {
    puller_.heard(from, theirs);
    strays_.heard(from, theirs);
  }
}

void replicator::on(const base::store_id& from, const message::vector& m, effects& out) {
  for (const auto& [origin, mark] : m.held.marks()) {
    // Somebody has more of the own run than was ever written here.
    if (origin == self_run_.origin && mark.sequence > std::max(held().at(origin), pushed_.last()))
      next_ = step::new_run;
    const auto ours = held().marks().find(origin);
    if (ours == held().marks().end() || mark == ours->second) continue;
    if (mark.sequence > ours->second.sequence) continue;
    const auto here = own_running(origin, mark.sequence);
    if (here && *here != mark.running) ask_headers(from, origin, out);
  }
  puller_.heard(from, m.held);
  strays_.heard(from, m.held);
  erasures_.heard(from, m.held, now_);
  if (quorum_.open_writes() > 0)
    note_claim(from,
               agreed(held(), m.held,
                      [&](const base::origin_id& origin, std::uint64_t sequence) {
                        return own_running(origin, sequence);
                      }),
               out);
  if (m.answer) say(from, message::vector{with_.space, held(), false, stray_}, out);
  if (next_ == step::go_on) pull_more(out);
}

void replicator::on(const base::store_id& from, const message::pull& m, effects& out) {
  const auto number = number_of(m.origin);
  if (!number) return;
  auto answer = answer_pull(with_.disk, {with_.number, *number}, m, held().at(m.origin));
  if (answer) say(from, *std::move(answer), out);
}

void replicator::take(const base::store_id& from, const message::entries& m, effects& out) {
  with_.log.use([&](log_writer& log, catalog& runs) {
    auto taken = follower_.take(from, m, log, runs, with_.disk, now_);
    add(std::move(taken.send), out);
    std::move(taken.forks.begin(), taken.forks.end(), std::back_inserter(out.forks));
  });
}

void replicator::on(const base::store_id& from, const message::entries& m, effects& out) {
  if (m.headers_only) return judge_branches(from, m, out);
  const auto seen = out.forks.size();
  if (std::any_of(m.items.begin(), m.items.end(), [&](const auto& item) {
        return item.payload.empty() && item.header.sequence > held().at(m.origin);
      }))
    erasures_.came_from(from, now_), note_unexplained(true);
  take(from, m, out);
  for (auto i = seen; i < out.forks.size(); ++i) {
    if (out.forks[i].origin == self_run_.origin) next_ = step::new_run;
    ask_headers(from, out.forks[i].origin, out);
  }
  if (next_ != step::go_on) return;
  if (const auto wanted = puller_.answered(from, m)) {
    auto source = from; // best is one that also has all that is here
    for (const auto& [peer, theirs] : puller_.peers())
      if (theirs.at(m.origin) >= *wanted && theirs.covers(held())) source = peer;
    take_snapshot(source, out);
  }
  if (m.pulled) pull_more(out);
}

/// Verified against the own log: an acknowledgement of a fork's entries counts for nothing.
void replicator::on(const base::store_id& from, const message::acknowledgement& m, effects& out) {
  if (own_running(m.origin, m.mark.sequence) != m.mark.running) return;
  if (m.mark.sequence > held().at(m.origin))
    early_[from] = m.mark; // else this replica would seem to lack its own
  else
    puller_.heard(from, m.origin, m.mark);
  add(quorum_.durable(from, m.origin, m.mark.sequence), out);
}

void replicator::on(const base::store_id& from, const message::fork_notice& m, effects& out) {
  if (held().at(m.origin) > 0) ask_headers(from, m.origin, out);
}

// -- state --------------------------------------------------------------------------------------

void replicator::on(const base::store_id& from, const message::state_hashes& m, effects&) {
  if (m.digest != digest()) return;
  erasures_.is_level(from);
  early_hashes_[from] = m; // it is not said again for long
  compare_early();
}

void replicator::compare_early() {
  if (early_hashes_.empty() || !is_comparable()) return;
  for (const auto& [peer, said] : std::exchange(early_hashes_, {}))
    if (said.digest == digest()) watch_.heard(peer, said);
}

void replicator::tick_state(effects& out) {
  if (target_ || stray_) return;
  if (is_unexplained_for_long()) make_do_in_turn();
  if (!distrusted_ && !is_unexplained_for_long()) {
    out.wish = watch_.wish(now_);
    return;
  }
  std::vector<base::store_id> givers; // a silent one would be waited for
  for (const auto& peer : placement_)
    if (puller_.known(peer) != nullptr) givers.push_back(peer);
  if (givers.empty() || now_ < next_rebuild_) return;
  next_rebuild_ = now_ + how_.watch.settle;
  take_snapshot(givers[with_.entropy.draw().low % givers.size()], out);
}

/// Then another's copy is taken.
bool replicator::is_unexplained_for_long() const {
  const auto since = erasures_.open_since();
  return since && now_ - *since >= how_.explain_patience;
}

/// Where every replica waits for the same, one after the other makes do with what it has: the first
/// then gives its copy to the rest. Requires: is_unexplained_for_long().
void replicator::make_do_in_turn() {
  const auto rank = std::find(placement_.begin(), placement_.end(), with_.self);
  const auto turn = how_.explain_patience * (2 + (rank - placement_.begin()));
  if (now_ - *erasures_.open_since() < turn) return;
  erasures_.forgive();
  note_unexplained(false);
}

replicator::effects replicator::account(const base::result<state_account>& what,
                                        base::instant now) {
  now_ = now;
  effects out;
  const auto others = placement_.empty() ? 0 : placement_.size() - 1;
  const auto at = what ? digest_of(*what) : log_vector{}.digest();
  auto found = watch_.took(what, at, digest(), others, now);
  add(std::move(found.send), out);
  if (found.distrust && !base::planted("serve_damaged")) distrust();
  return end(std::move(out));
}

std::uint64_t replicator::digest_of(const state_account& what) const {
  log_vector at;
  with_.log.use([&](log_writer&, catalog& runs) {
    for (const auto& row : what.rows)
      if (const auto run = runs.runs().find(row.origin); run != runs.runs().end())
        at.raise(run->second.origin, {row.applied, row.running});
  });
  return at.digest();
}

/// Whether states may be compared is known again after a restart.
void replicator::note_unexplained(bool open) {
  if (unexplained_ == open) return;
  unexplained_ = open;
  with_.log.use([&](log_writer& log, catalog& runs) {
    runs.mark(with_.number, catalog::mark_unexplained, open, log.notes());
  });
}

// -- looking ------------------------------------------------------------------------------------

std::optional<std::uint32_t> replicator::number_of(const base::origin_id& origin) {
  if (const auto known = numbers_.find(origin); known != numbers_.end()) return known->second;
  std::optional<std::uint32_t> found;
  with_.log.use([&](log_writer&, catalog& runs) { found = runs.run_number(origin); });
  if (found) numbers_.emplace(origin, *found);
  return found;
}

std::optional<base::hash128> replicator::own_running(const base::origin_id& origin,
                                                     std::uint64_t sequence) {
  const auto mark = held().marks().find(origin);
  if (mark != held().marks().end() && mark->second.sequence == sequence)
    return mark->second.running;
  if (origin == self_run_.origin)
    if (const auto own = pushed_.at(sequence)) return own;
  const auto number = number_of(origin);
  if (!number) return std::nullopt;
  return running_at(with_.disk, {with_.number, *number}, sequence);
}

trim_floors replicator::trim_floor_of(const vector_row& row,
                                      const std::set<base::store_id>& dead_too_long) {
  const auto running = [&](const base::origin_id& origin, std::uint64_t sequence) {
    return own_running(origin, sequence);
  };
  std::vector<replica_claim> others;
  for (const auto& peer : placement_) {
    if (peer == with_.self) continue;
    auto& claim = others.emplace_back();
    claim.dead_too_long = dead_too_long.count(peer) > 0;
    const auto* said = puller_.known(peer);
    if (said == nullptr) continue;
    claim.said = *said;
    claim.held = agreed(held(), *said, running);
    for (const auto& [origin, mark] : claim.held.marks()) verified_[peer].raise(origin, mark);
  }
  std::vector<log_vector> sessions;
  for (const auto& [peer, source] : sources_) sessions.push_back(source->offer().covers);
  base::origin_id origin;
  with_.log.use([&](log_writer&, catalog& runs) { origin = runs.runs().at(row.origin).origin; });
  return trim_floor(origin, row.applied, held(), others, sessions, forked().count(origin) > 0);
}

} // namespace engram::storage

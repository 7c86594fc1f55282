// What is believed of whom: merging claims, suspecting, refuting, and the end of suspicions.

#include "membership/swim/swim.hpp"

#include <algorithm>

namespace engram::membership {

void swim::claim(base::instant now, const update& heard, swim_actions& out) {
  const member_record& about = heard.about;
  if (!is_plausible(about)) return;
  if (about.id == self_.id) {
    refute(about, out);
    return;
  }
  const auto found = rows_.find(about.id);
  if (found == rows_.end()) {
    // Why not skip strangers that are not alive: a claim that outlives its subject's own news must
    // win over an older Alive that arrives later.
    row fresh;
    fresh.record = about;
    fresh.record.state = member_state::left; // counts as not up until change_state says otherwise
    row& placed = rows_.emplace(about.id, std::move(fresh)).first->second;
    const auto place = random_.below(probe_order_.size() + 1);
    probe_order_.insert(probe_order_.begin() + static_cast<std::ptrdiff_t>(place), &placed);
    if (place < probe_position_) ++probe_position_;
    if (is_up(about.state)) out.events.push_back({member_event::joined, about});
    change_state(now, placed, heard, out);
    return;
  }
  row& known = found->second;
  if (supersedes(about, known.record)) {
    change_state(now, known, heard, out);
  } else if (about.state == member_state::suspect && known.suspicion &&
             about.incarnation == known.record.incarnation &&
             known.suspicion->confirm(heard.from)) {
    queue_.push(heard); // another accuser: worth passing on
  }
}

void swim::change_state(base::instant now, row& r, const update& heard, swim_actions& out) {
  const member_state before = r.record.state;
  const bool was_up = is_up(before);
  const bool fresh = r.since == base::instant{} && before == member_state::left;
  r.record = heard.about;
  r.since = now;
  r.suspicion.reset();
  const bool up = is_up(r.record.state);
  suspects_.erase(r.record.id);
  dead_.erase(r.record.id);
  if (up && !was_up) ++up_;
  if (!up && was_up) --up_;

  switch (r.record.state) {
  case member_state::alive:
    if (before == member_state::suspect) out.events.push_back({member_event::refuted, r.record});
    if (!was_up && !fresh) out.events.push_back({member_event::returned, r.record});
    break;
  case member_state::suspect:
    suspects_.insert(r.record.id);
    r.suspicion.emplace(config_, size_up(), heard.from, now);
    out.events.push_back({member_event::suspected, r.record});
    break;
  case member_state::dead:
    dead_.insert(r.record.id);
    out.events.push_back({member_event::failed, r.record});
    break;
  case member_state::left:
    out.events.push_back({member_event::left, r.record});
    break;
  }
  queue_.push(heard);
}

void swim::refute(const member_record& claim, swim_actions& out) {
  if (!is_up(self_.state)) return; // we said so ourselves
  // The same incarnation with another address or zone is somebody else, or we before our disk was
  // restored: unanswered, it would stand.
  if (claim.incarnation < self_.incarnation || claim == self_) return;
  if (claim.state == member_state::alive && claim.gossip_address != self_.gossip_address) {
    sight_twin(claim, out);
  }
  if (self_.incarnation >= INCARNATION_MAX) return; // accusations do not reach that high
  self_.incarnation = std::min(claim.incarnation + 1, INCARNATION_MAX);
  awareness_.worsen();
  out.persist_incarnation = true;
  queue_.push({self_, self_.id});
}

void swim::sight_twin(const member_record& twin, swim_actions& out) {
  // Traces of our own past end when we go above them; what comes back again and again is alive.
  constexpr std::uint32_t enough = 3;
  if (twin_sightings_ < enough && ++twin_sightings_ == enough) {
    out.events.push_back({member_event::duplicated, twin});
  }
}

void swim::suspect(base::instant now, const base::store_id& id, swim_actions& out) {
  const auto found = rows_.find(id);
  if (found == rows_.end() || !is_up(found->second.record.state)) return;
  update accusation{found->second.record, self_.id};
  accusation.about.state = member_state::suspect;
  claim(now, accusation, out);
}

void swim::end_suspicions(base::instant now, swim_actions& out) {
  const std::vector<base::store_id> suspects(suspects_.begin(), suspects_.end());
  for (const base::store_id& id : suspects) {
    row& r = rows_.at(id);
    if (now < verdict_at(*r.suspicion, now)) continue;
    update verdict{r.record, self_.id};
    verdict.about.state = member_state::dead;
    change_state(now, r, verdict, out);
  }
}

} // namespace engram::membership

// Finding out who answers: one member per interval, in a shuffled round (SWIM 4.3), directly, then
// through others, who say so when they fail too.

#include "membership/swim/swim.hpp"

#include <algorithm>

namespace engram::membership {

namespace {

template <class T>
void shuffle(std::vector<T>& items, base::random& seeded) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[seeded.below(i)]);
}

} // namespace

const swim::row* swim::next_target() {
  for (std::size_t tried = 0; tried <= probe_order_.size(); ++tried) {
    if (probe_position_ >= probe_order_.size()) {
      probe_position_ = 0;
      shuffle(probe_order_, random_);
      if (probe_order_.empty()) return nullptr;
    }
    const row& candidate = *probe_order_[probe_position_++];
    if (is_up(candidate.record.state)) return &candidate;
  }
  return nullptr;
}

void swim::start_probe(base::instant now, swim_actions& out) {
  next_probe_ = now + config_.probe_interval * awareness_.factor();
  const row* target = next_target();
  if (target == nullptr) return;
  probe p;
  p.number = ++probes_;
  p.target = target->record.id;
  p.timeout_at = now + config_.probe_timeout * awareness_.factor();
  p.end_at = p.timeout_at + config_.indirect_timeout * awareness_.factor();
  probe_ = p;
  ping_target(now, true, out);
}

void swim::ping_target(base::instant now, bool first_time, swim_actions& out) {
  const row& target = rows_.at(probe_->target);
  probe_->repeat_at = now + config_.probe_repeat * awareness_.factor();
  // Buddy system: a suspect hears of the suspicion with the very packet it must answer.
  std::optional<update> first;
  if (config_.lifeguard && target.record.state == member_state::suspect) {
    first = update{target.record, self_.id};
  }
  send(target.record.gossip_address, ping{probe_->number, probe_->target}, out, first, first_time);
}

void swim::advance_probe(base::instant now, swim_actions& out) {
  if (probe_ && !probe_->indirect && now >= probe_->timeout_at) {
    ask_others(out);
    // However late we are: those we ask get their time.
    if (config_.lifeguard) {
      probe_->end_at = std::max(probe_->end_at, now + config_.indirect_timeout);
    }
  }
  if (probe_ && now >= probe_->end_at) finish_probe(now, out);
  if (probe_ && now >= probe_->repeat_at) ping_target(now, false, out);
  if (!probe_ && now >= next_probe_) start_probe(now, out);
}

void swim::ask_others(swim_actions& out) {
  const row& target = rows_.at(probe_->target);
  const auto helpers = pick(config_.indirect_probes, [&](const row& r) {
    return r.record.state == member_state::alive && r.record.id != probe_->target;
  });
  probe_->indirect = true;
  probe_->asked = static_cast<std::uint32_t>(helpers.size());
  for (const row* helper : helpers) {
    send(helper->record.gossip_address,
         ping_request{probe_->number, probe_->target, target.record.gossip_address}, out);
  }
  // Packets may be what is broken: one try over the reliable channel, as a ping.
  send_reliably(target.record.gossip_address, ping{probe_->number, probe_->target, true}, out);
}

void swim::finish_probe(base::instant now, swim_actions& out) {
  const probe done = *probe_;
  probe_.reset();
  // Helpers that said nothing at all: more likely we are deaf than they and the target are.
  if (done.asked > 0) {
    awareness_.worsen(done.asked - std::min(done.asked, done.nacks));
  } else {
    awareness_.worsen();
  }
  suspect(now, done.target, out);
}

void swim::advance_relays(base::instant now, swim_actions& out) {
  for (auto& [number, r] : relays_) {
    if (r.nacked || now < r.nack_at) continue;
    r.nacked = true;
    send(r.requester_address, nack{r.requester_number}, out);
  }
  std::erase_if(relays_, [&](const auto& entry) { return now >= entry.second.end_at; });
}

void swim::step_ping(const message& in, const ping& body, swim_actions& out) {
  if (body.target != self_.id) return;
  if (body.answer_reliably) {
    send_reliably(in.sender_address, ack{body.number}, out);
  } else {
    send(in.sender_address, ack{body.number}, out);
  }
}

void swim::step_ping_request(base::instant now, const ping_request& body, const message& in,
                             swim_actions& out) {
  const std::uint64_t number = ++probes_;
  relay r;
  r.requester_address = in.sender_address;
  r.requester_number = body.number;
  r.nack_at = now + config_.indirect_timeout * 4 / 5;
  r.end_at = now + config_.probe_interval;
  relays_.emplace(number, r);
  send(body.target_address, ping{number, body.target}, out);
}

void swim::step_ack(const ack& body, swim_actions& out) {
  if (probe_ && probe_->number == body.number) {
    // A relayed ack comes from the helper; both prove the target alive.
    probe_.reset();
    awareness_.improve();
    return;
  }
  const auto relayed = relays_.find(body.number);
  if (relayed == relays_.end()) return;
  send(relayed->second.requester_address, ack{relayed->second.requester_number}, out);
  relays_.erase(relayed);
}

void swim::step_nack(const nack& body) {
  if (probe_ && probe_->number == body.number) ++probe_->nacks;
}

} // namespace engram::membership

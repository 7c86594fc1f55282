#include "membership/swim/swim.hpp"

#include <algorithm>

namespace engram::membership {

swim::swim(swim_config config, member_record self, std::vector<std::string> seeds,
           base::random seeded)
    : config_(config), self_(std::move(self)), random_(seeded), awareness_(config.awareness_max) {
  self_.state = member_state::alive;
  self_.incarnation = std::min(self_.incarnation, INCARNATION_MAX);
  for (std::string& address : seeds) {
    if (address != self_.gossip_address) seeds_.push_back({std::move(address), {}, {}});
  }
  queue_.push({self_, self_.id});
}

swim_actions swim::tick(base::instant now) {
  swim_actions out;
  if (!started_) {
    started_ = true;
    out.persist_incarnation = true; // before anybody hears of it
    // Members started together must not move in step.
    const auto within = [&](base::duration d) {
      return base::duration{static_cast<std::int64_t>(
          random_.below(static_cast<std::uint64_t>(std::max<std::int64_t>(1, d.count()))))};
    };
    next_probe_ = now + within(config_.probe_interval);
    next_gossip_ = now + within(config_.gossip_interval);
    next_exchange_ = now + within(config_.push_pull_interval);
    probes_ = random_.next(); // an answer recorded in another run must fit no probe of this one
  }
  if (is_up(self_.state)) {
    advance_probe(now, out);
    end_suspicions(now, out);
    exchange_tables(now, out);
    retry_lost(now, out);
  }
  advance_relays(now, out);
  spread_gossip(now, out);
  schedule_next(now);
  return out;
}

swim_actions swim::step(base::instant now, const message& in) {
  swim_actions out;
  if (in.sender == self_.id) { // ourselves by another address of ours, or a copy of our store
    member_record twin = self_;
    twin.gossip_address = in.sender_address;
    if (twin != self_) sight_twin(twin, out);
    return out;
  }
  for (const update& heard : in.updates) claim(now, heard, out);
  if (const auto* body = std::get_if<table>(&in.body)) {
    for (const member_record& record : body->records) claim(now, {record, in.sender}, out);
    step_table(in, *body, out);
  } else if (const auto* asked = std::get_if<ping>(&in.body)) {
    step_ping(in, *asked, out);
  } else if (const auto* request = std::get_if<ping_request>(&in.body)) {
    step_ping_request(now, *request, in, out);
  } else if (const auto* answer = std::get_if<ack>(&in.body)) {
    step_ack(*answer, out);
  } else if (const auto* refusal = std::get_if<nack>(&in.body)) {
    step_nack(*refusal);
  }
  schedule_next(now);
  return out;
}

void swim::remember(base::instant now, const std::vector<member_record>& known) {
  swim_actions unsaid;
  for (const member_record& record : known) {
    claim(now, {record, self_.id}, unsaid);
    if (record.id != self_.id) queue_.forget(record.id);
  }
}

swim_actions swim::leave(base::instant now) { return say_goodbye(now, member_state::left); }

swim_actions swim::pause(base::instant now) { return say_goodbye(now, member_state::dead); }

swim_actions swim::say_goodbye(base::instant now, member_state as) {
  swim_actions out;
  if (!is_up(self_.state)) return out;
  self_.state = as;
  probe_.reset();
  const update goodbye{self_, self_.id};
  queue_.push(goodbye);
  // To all at once, since who says it may be gone soon; gossip goes on while it is not.
  for (const auto& [id, r] : rows_) {
    if (!is_up(r.record.state)) continue;
    const member_record& listener = r.record;
    out.send.push_back(
        {listener.gossip_address, {self_.id, self_.gossip_address, gossip{}, {goodbye}}, false});
  }
  next_gossip_ = now;
  schedule_next(now);
  return out;
}

std::vector<member_record> swim::members() const {
  std::vector<member_record> out{self_};
  for (const auto& [id, r] : rows_) out.push_back(r.record);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return out;
}

// -- spreading
// ---------------------------------------------------------------------------------------

std::vector<const swim::row*> swim::pick(std::size_t count,
                                         const std::function<bool(const row&)>& wanted) {
  std::vector<const row*> chosen;
  const auto take = [&](const base::store_id& id) {
    const row& r = rows_.at(id);
    if (!wanted(r) || std::find(chosen.begin(), chosen.end(), &r) != chosen.end()) return;
    chosen.push_back(&r);
  };
  // Most members are wanted, so guessing finds them at once; what guessing missed, a walk from a
  // random place finds.
  if (probe_order_.empty()) return chosen;
  for (std::size_t guess = 0; guess < 4 * count && chosen.size() < count; ++guess) {
    take(probe_order_[random_.below(probe_order_.size())]);
  }
  const std::size_t start = random_.below(probe_order_.size());
  for (std::size_t i = 0; i < probe_order_.size() && chosen.size() < count; ++i) {
    take(probe_order_[(start + i) % probe_order_.size()]);
  }
  return chosen;
}

std::uint32_t swim::transmissions() const {
  return transmissions_of(config_.retransmit_multiplier, config_.retransmit_floor, size_up());
}

void swim::send(const std::string& address, message_body body, swim_actions& out,
                std::optional<update> first, bool reliable) {
  envelope e{address, {self_.id, self_.gossip_address, std::move(body), {}}, reliable};
  if (first) e.message.updates.push_back(std::move(*first));
  for (update& u : queue_.take(config_.updates_per_packet, transmissions())) {
    e.message.updates.push_back(std::move(u));
  }
  out.send.push_back(std::move(e));
}

void swim::spread_gossip(base::instant now, swim_actions& out) {
  if (now < next_gossip_) return;
  next_gossip_ = now + config_.gossip_interval;
  if (queue_.empty()) return;
  const auto listeners = pick(config_.gossip_fanout, [&](const row& r) {
    return is_up(r.record.state) ||
           (r.record.state == member_state::dead && now - r.since < config_.gossip_to_the_dead);
  });
  for (const row* listener : listeners) {
    if (queue_.empty()) return;
    send(listener->record.gossip_address, gossip{}, out);
  }
}

base::duration swim::push_pull_wait() const {
  base::duration wait = config_.push_pull_interval;
  for (std::size_t n = config_.push_pull_members; n < size_up(); n *= 2) {
    wait += config_.push_pull_interval;
  }
  return wait;
}

void swim::exchange_tables(base::instant now, swim_actions& out) {
  if (now < next_exchange_) return;
  next_exchange_ = now + push_pull_wait();
  for (const row* partner : pick(1, [](const row& r) { return is_up(r.record.state); })) {
    send(partner->record.gossip_address, whole_table(true), out, {}, true);
  }
}

void swim::retry_lost(base::instant now, swim_actions& out) {
  const auto due = [&](base::instant& at, base::duration& wait) {
    if (now < at) return false;
    wait = std::clamp(wait * 2, config_.retry_first, config_.retry_last);
    at = now + wait;
    return true;
  };
  for (const base::store_id& id : dead_) {
    row& r = rows_.at(id);
    if (!due(r.retry_at, r.retry_wait)) continue;
    send(r.record.gossip_address, whole_table(true), out, {}, true);
  }
  for (seed& s : seeds_) {
    if (now < s.retry_at) continue;
    const bool known = std::any_of(rows_.begin(), rows_.end(), [&](const auto& entry) {
      return entry.second.record.gossip_address == s.address && is_up(entry.second.record.state);
    });
    if (known) {
      s.retry_wait = {};
      s.retry_at = now + config_.retry_last;
      continue;
    }
    if (due(s.retry_at, s.retry_wait)) send(s.address, whole_table(true), out, {}, true);
  }
}

table swim::whole_table(bool reply_wanted) const { return {members(), reply_wanted}; }

void swim::step_table(const message& in, const table& body, swim_actions& out) {
  if (!body.reply_wanted) return;
  send(in.sender_address, whole_table(false), out, {}, true);
}

void swim::schedule_next(base::instant now) {
  base::instant next = next_gossip_;
  const auto consider = [&](base::instant at) { next = std::min(next, at); };
  if (queue_.empty()) next = now + config_.push_pull_interval;
  if (is_up(self_.state)) {
    consider(next_exchange_);
    consider(probe_ ? (probe_->indirect ? probe_->end_at : probe_->timeout_at) : next_probe_);
    for (const base::store_id& id : suspects_) consider(rows_.at(id).suspicion->deadline());
    for (const base::store_id& id : dead_) consider(rows_.at(id).retry_at);
    for (const seed& s : seeds_) consider(s.retry_at);
  }
  for (const auto& [number, r] : relays_) consider(r.nacked ? r.end_at : r.nack_at);
  next_tick_ = std::max(next, now);
}

} // namespace engram::membership

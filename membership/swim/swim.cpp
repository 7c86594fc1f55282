#include "membership/swim/swim.hpp"

#include <algorithm>

namespace engram::membership {

swim::swim(swim_config config, member_record self, std::vector<std::string> seeds,
           base::random seeded)
    : config_(config), self_(std::move(self)), random_(seeded),
      awareness_(config.lifeguard ? config.awareness_max : 1) {
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
    heard_at_ = now;
    out.persist_incarnation = true; // before anybody hears of it
    // Members started together must not move in step.
    const auto within = [&](base::duration d) {
      return base::duration{static_cast<std::int64_t>(
          random_.below(static_cast<std::uint64_t>(std::max<std::int64_t>(1, d.count()))))};
    };
    next_probe_ = now + within(config_.probe_interval);
    next_gossip_ = now + within(config_.gossip_interval);
    next_exchange_ = now + within(config_.push_pull_interval);
    next_retry_ = now + within(config_.push_pull_interval);
    probes_ = random_.next(); // an answer recorded in another run must fit no probe of this one
  }
  notice_pause(now);
  if (is_up(self_.state)) {
    advance_probe(now, out);
    end_suspicions(now, out);
    exchange_tables(now, out);
    retry_lost(now, out);
  } else if (self_.state == member_state::left) {
    exchange_tables(now, out); // who hands over what it had has to know to whom
  }
  advance_relays(now, out);
  spread_gossip(now, out);
  schedule_next(now);
  return out;
}

swim_actions swim::step(base::instant now, const message& in) {
  swim_actions out;
  notice_pause(now);
  notice_silence(now);
  if (in.sender == self_.id) { // ourselves by another address of ours, or a copy of our store
    member_record twin = self_;
    twin.gossip_address = in.sender_address;
    if (twin != self_) sight_twin(twin, out);
    return out;
  }
  for (const update& heard : in.updates) claim(now, heard, out);
  if (const auto* body = std::get_if<table>(&in.body)) {
    step_table(now, in, *body, out);
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

void swim::notice_pause(base::instant now) {
  const base::duration late = now - next_tick_;
  if (!started_ || !config_.lifeguard || late < config_.probe_timeout) return;
  // We stood still: answers may lie unread, and nobody must pay for that.
  awareness_.worsen();
  extend_suspicions(late, now);
  heard_at_ = heard_at_ + late;
  if (probe_) {
    probe_->repeat_at = now;
    probe_->timeout_at = probe_->timeout_at + late;
    probe_->end_at = probe_->end_at + late;
  }
}

bool swim::deaf(base::instant now) const {
  return config_.lifeguard && now - heard_at_ >= config_.probe_interval * 2;
}

void swim::notice_silence(base::instant now) {
  // What we missed meanwhile, refutations among it, is about to come.
  if (started_ && deaf(now)) extend_suspicions(now - heard_at_, now);
  heard_at_ = now;
}

base::instant swim::verdict_at(const suspicion& s, base::instant now) const {
  return deaf(now) ? s.unconfirmed_deadline() : s.deadline();
}

void swim::extend_suspicions(base::duration by, base::instant now) {
  for (const base::store_id& id : suspects_) rows_.at(id).suspicion->extend(by, now);
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

// -- spreading --

std::vector<const swim::row*> swim::pick(std::size_t count,
                                         const std::function<bool(const row&)>& wanted) {
  std::vector<const row*> chosen;
  const auto take = [&](const row* r) {
    if (!wanted(*r) || std::find(chosen.begin(), chosen.end(), r) != chosen.end()) return;
    chosen.push_back(r);
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
                std::optional<update> first, bool with_news) {
  envelope e{address, {self_.id, self_.gossip_address, std::move(body), {}}, false};
  if (first) e.message.updates.push_back(std::move(*first));
  if (with_news) {
    for (update& u : queue_.take(config_.updates_per_packet, transmissions())) {
      e.message.updates.push_back(std::move(u));
    }
  }
  out.send.push_back(std::move(e));
}

void swim::send_reliably(const std::string& address, message_body body, swim_actions& out) {
  out.send.push_back({address, {self_.id, self_.gossip_address, std::move(body), {}}, true});
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
  // Uneven, or members that started together would exchange together for ever.
  const base::duration wait = push_pull_wait();
  next_exchange_ = now + wait * 3 / 4 +
                   base::duration{static_cast<std::int64_t>(
                       random_.below(static_cast<std::uint64_t>(wait.count() / 2 + 1)))};
  for (const row* partner : pick(1, [](const row& r) { return is_up(r.record.state); })) {
    send_reliably(partner->record.gossip_address, whole_table(true), out);
  }
}

void swim::hasten_exchange(base::instant now) {
  // More news than packets carry, as after a partition of many: tables bring it all at once.
  constexpr std::size_t packets = 8;
  if (queue_.size() <= packets * config_.updates_per_packet) return;
  if (next_exchange_ <= now + config_.probe_interval) return;
  next_exchange_ = now + base::duration{static_cast<std::int64_t>(random_.below(
                             static_cast<std::uint64_t>(config_.probe_interval.count())))};
}

void swim::retry_lost(base::instant now, swim_actions& out) {
  const base::duration longest = std::max(config_.retry_last, push_pull_wait());
  if (now >= next_retry_) {
    next_retry_ = now + push_pull_wait();
    if (!dead_.empty()) {
      const auto drawn = static_cast<std::ptrdiff_t>(random_.below(dead_.size()));
      const row& lost = rows_.at(*std::next(dead_.begin(), drawn));
      send_reliably(lost.record.gossip_address, whole_table(true), out);
    }
  }
  for (seed& s : seeds_) {
    if (now < s.retry_at) continue;
    const bool known = std::any_of(rows_.begin(), rows_.end(), [&](const auto& entry) {
      return entry.second.record.gossip_address == s.address && is_up(entry.second.record.state);
    });
    if (known) {
      s.retry_wait = {};
      s.retry_at = now + longest;
      continue;
    }
    s.retry_wait = std::clamp(s.retry_wait * 2, config_.retry_first, longest);
    s.retry_at = now + s.retry_wait;
    send_reliably(s.address, whole_table(true), out);
  }
}

table swim::whole_table(bool reply_wanted) const { return {members(), reply_wanted}; }

void swim::step_table(base::instant now, const message& in, const table& body, swim_actions& out) {
  for (const member_record& record : body.records) {
    update heard{record, in.sender};
    // After a partition each side holds the other for dead. Who is alive here gets time to refute.
    const auto known = rows_.find(record.id);
    if (record.state == member_state::dead && record.id != in.sender && known != rows_.end() &&
        is_up(known->second.record.state)) {
      heard.about.state = member_state::suspect;
    }
    claim(now, heard, out);
  }
  if (!body.reply_wanted) return;
  send_reliably(in.sender_address, whole_table(false), out);
}

void swim::schedule_next(base::instant now) {
  hasten_exchange(now);
  base::instant next = next_gossip_;
  const auto consider = [&](base::instant at) { next = std::min(next, at); };
  if (queue_.empty()) next = now + config_.push_pull_interval;
  if (is_up(self_.state)) {
    consider(next_exchange_);
    consider(probe_ ? (probe_->indirect ? probe_->end_at : probe_->timeout_at) : next_probe_);
    if (probe_) consider(probe_->repeat_at);
    for (const base::store_id& id : suspects_) consider(verdict_at(*rows_.at(id).suspicion, now));
    if (!dead_.empty()) consider(next_retry_);
    for (const seed& s : seeds_) consider(s.retry_at);
  }
  for (const auto& [number, r] : relays_) consider(r.nacked ? r.end_at : r.nack_at);
  next_tick_ = std::max(next, now);
}

} // namespace engram::membership

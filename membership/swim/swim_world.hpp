#pragma once
// For tests and figures: a network of SWIM cores, seeded, single-threaded, virtual time; idle time
// is skipped. Packets are lost, delayed and cut; reliable messages come late instead of getting
// lost.

#include "membership/swim/swim.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

namespace engram::membership {

struct swim_world_config {
  swim_config swim;
  double loss = 0;
  base::duration delay_min{0}, delay_max{1};
  std::string address_suffix; // for figures of size: addresses as long as real ones
};

class swim_world {
public:
  /// Every node has node 0 as its seed. With `acquainted` all know all at the start.
  swim_world(std::size_t nodes, swim_world_config config, std::uint64_t seed, bool acquainted);

  void run_until(base::instant end, const std::function<bool()>& stop = {});
  void run_for(base::duration d) { run_until(now_ + d); }
  base::instant now() const noexcept { return now_; }
  base::random& random() noexcept { return random_; }

  swim& node(std::size_t i) { return *nodes_[i].core; }
  bool running(std::size_t i) const { return nodes_[i].core != nullptr; }
  void kill(std::size_t i);
  /// With the next incarnation and the members it knew, or from nothing when its disk was lost.
  void restart(std::size_t i, bool disk_lost = false);
  /// Handles nothing and answers nothing until then; what came in waits.
  void block(std::size_t i, base::instant until) { nodes_[i].blocked_until = until; }
  /// Its packets, in and out, wait until then; its timers go on.
  void mute(std::size_t i, base::instant until) { nodes_[i].muted_until = until; }
  void leave(std::size_t i);
  void pause(std::size_t i);
  /// Node i hears this now, as if it had come over the network.
  void tell(std::size_t i, const message& what);
  /// Whether messages pass from a to b; empty: all do.
  std::function<bool(std::size_t, std::size_t)> passes;
  std::function<void(std::size_t, const member_change&)> on_event;
  std::function<void(std::size_t from, std::size_t to, const envelope&)> on_send;

  /// What `observer` believes of `subject`; nullptr when it never heard of it.
  const member_record* belief(std::size_t observer, std::size_t subject);
  /// Every running node holds exactly the running ones for alive.
  bool agreed();
  std::uint64_t packets() const noexcept { return packets_; }

private:
  struct slot {
    std::unique_ptr<swim> core;
    std::uint64_t incarnation = 0;         // on its disk
    std::vector<member_record> remembered; // so too
    base::instant blocked_until{}, muted_until{};
    std::uint64_t ticks = 0; // newest scheduled tick; older ones are stale
  };
  struct event {
    base::instant at;
    std::uint64_t order;
    std::size_t node;
    std::shared_ptr<const message> what; // nullptr: a tick
    std::uint64_t tick = 0;
    bool operator>(const event& o) const { return std::tie(at, order) > std::tie(o.at, o.order); }
  };

  member_record record_of(std::size_t i, std::uint64_t incarnation) const;
  std::string address_of(std::size_t i) const;
  std::size_t count_running() const;
  void boot(std::size_t i);
  void carry_out(std::size_t from, const swim_actions& actions);
  void schedule_tick(std::size_t i);
  base::duration delay(bool reliable);

  swim_world_config config_;
  base::random random_;
  std::vector<slot> nodes_;
  std::vector<member_record> scratch_;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::uint64_t order_ = 0, packets_ = 0;
  base::instant now_{1};
};

inline base::store_id id_of(std::size_t i) { return {{i * 0x9E3779B97F4A7C15ull + 1, i}}; }

inline swim_world::swim_world(std::size_t nodes, swim_world_config config, std::uint64_t seed,
                              bool acquainted)
    : config_(std::move(config)), random_(seed), nodes_(nodes) {
  std::vector<member_record> all;
  for (std::size_t i = 0; acquainted && i < nodes; ++i) all.push_back(record_of(i, 1));
  for (std::size_t i = 0; i < nodes; ++i) {
    nodes_[i].remembered = all;
    boot(i);
  }
}

inline std::string swim_world::address_of(std::size_t i) const {
  return std::to_string(i) + config_.address_suffix;
}

inline member_record swim_world::record_of(std::size_t i, std::uint64_t incarnation) const {
  member_record record;
  record.id = id_of(i);
  record.gossip_address = address_of(i);
  if (!config_.address_suffix.empty()) record.peer_address = record.gossip_address;
  record.incarnation = incarnation;
  return record;
}

inline void swim_world::boot(std::size_t i) {
  slot& s = nodes_[i];
  s.core =
      std::make_unique<swim>(config_.swim, record_of(i, ++s.incarnation),
                             std::vector<std::string>{address_of(0)}, base::random(random_.next()));
  s.core->remember(now_, s.remembered);
  schedule_tick(i);
}

inline void swim_world::kill(std::size_t i) {
  nodes_[i].remembered = nodes_[i].core->members();
  nodes_[i].core.reset();
}

inline void swim_world::restart(std::size_t i, bool disk_lost) {
  if (disk_lost) {
    nodes_[i].incarnation = 0;
    nodes_[i].remembered.clear();
  }
  boot(i);
}

inline void swim_world::leave(std::size_t i) { carry_out(i, nodes_[i].core->leave(now_)); }

inline void swim_world::pause(std::size_t i) { carry_out(i, nodes_[i].core->pause(now_)); }

inline void swim_world::tell(std::size_t i, const message& what) {
  carry_out(i, nodes_[i].core->step(now_, what));
  schedule_tick(i);
}

inline base::duration swim_world::delay(bool reliable) {
  const auto spread = static_cast<std::uint64_t>((config_.delay_max - config_.delay_min).count());
  base::duration out =
      config_.delay_min + base::duration{static_cast<std::int64_t>(random_.below(spread + 1))};
  for (base::duration again{200}; reliable && random_.chance(config_.loss); again *= 2)
    out += again;
  return out;
}

inline void swim_world::schedule_tick(std::size_t i) {
  slot& s = nodes_[i];
  events_.push({std::max(s.core->next_tick(), now_), ++order_, i, nullptr, ++s.ticks});
}

inline void swim_world::carry_out(std::size_t from, const swim_actions& actions) {
  if (actions.persist_incarnation) nodes_[from].incarnation = nodes_[from].core->incarnation();
  if (on_event) {
    for (const member_change& change : actions.events) on_event(from, change);
  }
  for (const envelope& e : actions.send) {
    ++packets_;
    const std::size_t to = std::stoul(e.address);
    if (on_send) on_send(from, to, e);
    if (passes && !passes(from, to)) continue;
    if (!e.reliable && random_.chance(config_.loss)) continue;
    events_.push({std::max(now_, nodes_[from].muted_until) + delay(e.reliable), ++order_, to,
                  std::make_shared<const message>(e.message), 0});
  }
}

inline void swim_world::run_until(base::instant end, const std::function<bool()>& stop) {
  while (!events_.empty() && events_.top().at <= end) {
    event next = events_.top();
    events_.pop();
    slot& s = nodes_[next.node];
    now_ = std::max(now_, next.at);
    if (!s.core || (!next.what && next.tick != s.ticks)) continue;
    const base::instant ready =
        next.what ? std::max(s.blocked_until, s.muted_until) : s.blocked_until;
    if (now_ < ready) { // it will find this when it wakes
      next.at = ready;
      events_.push(next);
      continue;
    }
    carry_out(next.node, next.what ? s.core->step(now_, *next.what) : s.core->tick(now_));
    schedule_tick(next.node);
    if (stop && stop()) return;
  }
  now_ = std::max(now_, end);
}

inline const member_record* swim_world::belief(std::size_t observer, std::size_t subject) {
  scratch_ = nodes_[observer].core->members();
  const auto found = std::find_if(scratch_.begin(), scratch_.end(),
                                  [&](const auto& r) { return r.id == id_of(subject); });
  return found == scratch_.end() ? nullptr : &*found;
}

inline bool swim_world::agreed() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!running(i)) continue;
    std::size_t alive = 0;
    for (const member_record& held : nodes_[i].core->members()) {
      if (held.state != member_state::alive) continue;
      if (held.id.value.low >= nodes_.size() || !running(held.id.value.low)) return false;
      ++alive;
    }
    if (alive != count_running()) return false;
  }
  return true;
}

inline std::size_t swim_world::count_running() const {
  return static_cast<std::size_t>(
      std::count_if(nodes_.begin(), nodes_.end(), [](const slot& s) { return s.core != nullptr; }));
}

} // namespace engram::membership

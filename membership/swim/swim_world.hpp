#pragma once
// For tests and figures: a network of SWIM cores, seeded, single-threaded, virtual time; idle time
// is skipped. Packets are lost, delayed and cut; reliable messages are delayed and cut only.

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
  void kill(std::size_t i) { nodes_[i].core.reset(); }
  /// With the next incarnation, or from nothing when its disk was lost.
  void restart(std::size_t i, bool disk_lost = false);
  /// Handles nothing and answers nothing until then; what came in waits.
  void block(std::size_t i, base::instant until) { nodes_[i].blocked_until = until; }
  void leave(std::size_t i);
  void pause(std::size_t i);
  /// Node i hears this now, as if it had come over the network.
  void tell(std::size_t i, const message& what);
  /// Whether messages pass from a to b; empty: all do.
  std::function<bool(std::size_t, std::size_t)> passes;
  std::function<void(std::size_t, const member_change&)> on_event;

  /// What `observer` believes of `subject`; nullptr when it never heard of it.
  const member_record* belief(std::size_t observer, std::size_t subject);
  /// Every running node holds exactly the running ones for alive.
  bool agreed();
  std::uint64_t packets() const noexcept { return packets_; }

private:
  struct slot {
    std::unique_ptr<swim> core;
    std::uint64_t incarnation = 0; // persisted
    base::instant blocked_until{};
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
  void boot(std::size_t i, bool acquainted);
  void carry_out(std::size_t from, const swim_actions& actions);
  void schedule_tick(std::size_t i);
  base::duration delay();

  swim_world_config config_;
  base::random random_;
  std::vector<slot> nodes_;
  std::vector<member_record> scratch_;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::uint64_t order_ = 0, packets_ = 0;
  base::instant now_{1};
};

inline std::string address_of(std::size_t i) { return std::to_string(i); }
inline base::store_id id_of(std::size_t i) { return {{i * 0x9E3779B97F4A7C15ull + 1, i}}; }

inline swim_world::swim_world(std::size_t nodes, swim_world_config config, std::uint64_t seed,
                              bool acquainted)
    : config_(config), random_(seed), nodes_(nodes) {
  for (std::size_t i = 0; i < nodes; ++i) boot(i, acquainted);
}

inline member_record swim_world::record_of(std::size_t i, std::uint64_t incarnation) const {
  member_record record;
  record.id = id_of(i);
  record.gossip_address = address_of(i);
  record.incarnation = incarnation;
  return record;
}

inline void swim_world::boot(std::size_t i, bool acquainted) {
  slot& s = nodes_[i];
  s.core =
      std::make_unique<swim>(config_.swim, record_of(i, ++s.incarnation),
                             std::vector<std::string>{address_of(0)}, base::random(random_.next()));
  if (acquainted) {
    std::vector<member_record> others;
    for (std::size_t other = 0; other < nodes_.size(); ++other)
      if (other != i) others.push_back(record_of(other, 1));
    s.core->remember(now_, others);
  }
  schedule_tick(i);
}

inline void swim_world::restart(std::size_t i, bool disk_lost) {
  if (disk_lost) nodes_[i].incarnation = 0;
  boot(i, false);
}

inline void swim_world::leave(std::size_t i) { carry_out(i, nodes_[i].core->leave(now_)); }

inline void swim_world::pause(std::size_t i) { carry_out(i, nodes_[i].core->pause(now_)); }

inline void swim_world::tell(std::size_t i, const message& what) {
  carry_out(i, nodes_[i].core->step(now_, what));
  schedule_tick(i);
}

inline base::duration swim_world::delay() {
  const auto spread = static_cast<std::uint64_t>((config_.delay_max - config_.delay_min).count());
  return config_.delay_min + base::duration{static_cast<std::int64_t>(random_.below(spread + 1))};
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
    if (passes && !passes(from, to)) continue;
    if (!e.reliable && random_.chance(config_.loss)) continue;
    events_.push({now_ + delay(), ++order_, to, std::make_shared<const message>(e.message), 0});
  }
}

inline void swim_world::run_until(base::instant end, const std::function<bool()>& stop) {
  while (!events_.empty() && events_.top().at <= end) {
    event next = events_.top();
    events_.pop();
    slot& s = nodes_[next.node];
    now_ = std::max(now_, next.at);
    if (!s.core || (!next.what && next.tick != s.ticks)) continue;
    if (now_ < s.blocked_until) { // it will find this when it wakes
      next.at = s.blocked_until;
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
    for (std::size_t j = 0; j < nodes_.size(); ++j) {
      const member_record* held = belief(i, j);
      const bool alive = held != nullptr && held->state == member_state::alive;
      if (alive != running(j)) return false;
    }
  }
  return true;
}

} // namespace engram::membership

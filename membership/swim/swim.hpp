#pragma once
// Who is in the cluster and who is alive: SWIM with Lifeguard, as a pure core. Time enters through
// tick(), messages through step(); what must happen comes back as actions. No clock, socket, thread
// or logger. Owner: one driver; not thread-safe.
//
// Invariants: claims about a member only grow (member_record.hpp), so all members that stop hearing
// news agree; only a member itself raises its incarnation, and it does whenever somebody holds it
// for anything but alive; seeds and dead members are contacted for ever, so a partition of any
// length heals; equal seeds and inputs give equal actions.

#include "base/random.hpp"
#include "membership/swim/awareness.hpp"
#include "membership/swim/gossip_queue.hpp"
#include "membership/swim/messages.hpp"
#include "membership/swim/suspicion.hpp"
#include "membership/swim/swim_config.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace engram::membership {

class swim {
public:
  /// `self.incarnation`: larger than any used before (the persisted one + 1). `seeds`: addresses,
  /// its own may be among them.
  swim(swim_config config, member_record self, std::vector<std::string> seeds, base::random seeded);
  swim(const swim&) = delete;
  swim& operator=(const swim&) = delete;

  /// Call at least every next_tick(); earlier and more often is fine. `now` never goes back.
  swim_actions tick(base::instant now);
  swim_actions step(base::instant now, const message& in);
  /// Members as its disk remembers them, before the first tick: news to nobody.
  void remember(base::instant now, const std::vector<member_record>& known);
  /// Says goodbye for good; the member answers as Left from now on and probes nobody.
  swim_actions leave(base::instant now);
  /// Says that it stops for a while: all hold it for dead at once, without suspecting it first, and
  /// its place stays its own. Its next incarnation brings it back.
  swim_actions pause(base::instant now);

  base::instant next_tick() const noexcept { return next_tick_; }
  std::uint64_t incarnation() const noexcept { return self_.incarnation; }
  const member_record& self() const noexcept { return self_; }
  /// All that are known, itself included, by id.
  std::vector<member_record> members() const;
  std::uint32_t health() const noexcept { return awareness_.score(); }

private:
  struct row {
    member_record record;
    base::instant since; // of the state
    std::optional<membership::suspicion> suspicion;
  };
  struct probe {
    std::uint64_t number = 0;
    base::store_id target;
    base::instant repeat_at, timeout_at, end_at;
    bool indirect = false; // others were asked
    std::uint32_t asked = 0, nacks = 0;
  };
  struct relay { // a probe made for somebody else
    std::string requester_address;
    std::uint64_t requester_number = 0;
    base::instant nack_at, end_at;
    bool nacked = false;
  };
  struct seed {
    std::string address;
    base::instant retry_at;
    base::duration retry_wait{0};
  };

  void notice_pause(base::instant now);
  void notice_silence(base::instant now);
  void extend_suspicions(base::duration by, base::instant now);
  bool deaf(base::instant now) const;
  /// Who hears nobody cannot tell who was refuted: then confirmations do not hasten the verdict.
  base::instant verdict_at(const suspicion& s, base::instant now) const;

  // claims (swim_claims.cpp)
  void claim(base::instant now, const update& heard, swim_actions& out);
  void refute(const member_record& claim, swim_actions& out);
  void sight_twin(const member_record& twin, swim_actions& out);
  void change_state(base::instant now, row& r, const update& heard, swim_actions& out);
  void suspect(base::instant now, const base::store_id& id, swim_actions& out);
  void end_suspicions(base::instant now, swim_actions& out);

  // probing (swim_probe.cpp)
  void advance_probe(base::instant now, swim_actions& out);
  void start_probe(base::instant now, swim_actions& out);
  void ping_target(base::instant now, bool first_time, swim_actions& out);
  void ask_others(swim_actions& out);
  void finish_probe(base::instant now, swim_actions& out);
  void advance_relays(base::instant now, swim_actions& out);
  const row* next_target();
  void step_ping(const message& in, const ping& body, swim_actions& out);
  void step_ping_request(base::instant now, const ping_request& body, const message& in,
                         swim_actions& out);
  void step_ack(const ack& body, swim_actions& out);
  void step_nack(const nack& body);

  // spreading (swim.cpp)
  swim_actions say_goodbye(base::instant now, member_state as);
  void spread_gossip(base::instant now, swim_actions& out);
  void exchange_tables(base::instant now, swim_actions& out);
  void hasten_exchange(base::instant now);
  void retry_lost(base::instant now, swim_actions& out);
  void step_table(base::instant now, const message& in, const table& body, swim_actions& out);
  /// Packets take news along, unless they are likely to be lost on somebody who does not answer.
  void send(const std::string& address, message_body body, swim_actions& out,
            std::optional<update> first = {}, bool with_news = true);
  void send_reliably(const std::string& address, message_body body, swim_actions& out);
  table whole_table(bool reply_wanted) const;
  base::duration push_pull_wait() const;
  /// Rows that `wanted` accepts, `count` at most, each as likely as any other.
  std::vector<const row*> pick(std::size_t count, const std::function<bool(const row&)>& wanted);
  std::size_t size_up() const noexcept { return up_ + 1; }
  std::uint32_t transmissions() const;
  void schedule_next(base::instant now);

  swim_config config_;
  member_record self_;
  base::random random_;
  std::map<base::store_id, row> rows_; // others
  std::size_t up_ = 0;                 // of rows_, alive or suspect
  std::set<base::store_id> suspects_, dead_;
  std::vector<seed> seeds_;
  gossip_queue queue_;
  awareness awareness_;

  std::optional<probe> probe_;
  base::instant next_probe_{}, next_gossip_{}, next_exchange_{}, next_retry_{}, next_tick_{};
  std::vector<const row*> probe_order_; // all of rows_, which never go
  std::size_t probe_position_ = 0;
  std::uint64_t probes_ = 0;
  std::map<std::uint64_t, relay> relays_;
  std::uint32_t twin_sightings_ = 0;
  base::instant heard_at_{}; // anything, by a clock that stands still while we do
  bool started_ = false;
};

} // namespace engram::membership

#pragma once
// Carries out what the membership core (membership/swim) wants, on the gossip socket's thread:
// sends packets there and tables over the links, keeps its incarnation and the members it knows on
// disk, tells the node core who is who. Nothing here waits: disk and names have
// threads of their own.
//
// Invariant: no claim about this node leaves it whose incarnation is not durable. So that nobody
// waits for that, incarnations are reserved on disk in advance.
//
// Owner: node::cluster_side. Thread: any, except where a member says otherwise.

#include "actors/cluster_values.hpp"
#include "actors/ports.hpp"
#include "base/random.hpp"
#include "membership/swim/swim.hpp"
#include "node/gossip/member_keeper.hpp"
#include "node/gossip/member_metrics.hpp"
#include "node/log.hpp"
#include "node/net/gossip_socket.hpp"

#include <atomic>

namespace engram::node {

class member_driver final : public gossip_handler, public actors::member_port {
public:
  struct beginning {
    gossip_socket& socket;
    actors::peer_net& peers;
    membership::swim_config rules;
    base::hash128 cluster;
    membership::member_record self; // its incarnation follows from the file
    std::vector<address> seeds;
    std::string file;
    bool met_others = false; // the folder says so: they exist, whether the file knows them or not
    /// Called with all members in start() and whenever they changed, but not before they are known;
    /// must not block. Thread: the socket's.
    std::function<void(std::vector<actors::member_info>)> on_members;
  };

  member_driver(log& to, const base::clock& clock, base::entropy& entropy,
                base::registry& registry);
  ~member_driver() override;

  /// Once; socket and peers outlive stop(). Blocks for the disk. errc::write_failed: an incarnation
  /// could not be made durable.
  base::result<void> start(beginning how, base::key_ring keys, membership::packet_policy policy);
  /// A membership message came over a link. Dropped, and counted, when too many wait.
  void hear(const actors::peer_identity& from, std::string bytes);
  /// Tells all that this member stops for a while. Blocks until that is sent.
  void say_goodbye();
  /// errc::unavailable: before start(), or there are no others.
  void leave(actors::reply<void> done) override;
  /// Ends the socket's thread and writes what is to be kept. Blocks.
  void stop();

private:
  bool packet_arrived(std::string_view body) override;
  void woken() override;

  base::instant now() const;
  void step(const membership::message& in);
  void carry_out(membership::swim_actions what);
  void send(membership::envelope what);
  void send_reliably(const std::string& to, const std::string& bytes);
  void hold_back_undurable(membership::message& in) const;
  void tell(const membership::member_change& what);
  void look_at_members();
  void reserve_incarnations();
  void keep_members(bool at_once);
  void end_farewells(bool all);
  void schedule();
  void kept(const member_image& image, const base::result<void>& how);

  log& log_;
  const base::clock& clock_;
  base::entropy& entropy_;
  member_metrics metrics_;

  std::atomic<bool> running_{false};
  std::atomic<std::uint64_t> heard_bytes_{0}; // posted and not yet handled
  std::atomic<std::uint64_t> durable_{0};     // incarnations up to here may be used
  std::unique_ptr<member_keeper> keeper_;

  // The socket's thread, once started.
  std::optional<beginning> how_;
  std::optional<membership::swim> core_;
  std::uint64_t reserved_ = 0; // asked of the keeper; >= durable_
  std::vector<membership::member_record> members_;
  bool members_known_ = false; // there may be others and nobody has said who
  bool members_unkept_ = false, members_grew_ = false;
  base::instant kept_at_{};
  struct farewell {
    base::instant at;
    actors::reply<void> done;
  };
  std::vector<farewell> farewells_;
};

} // namespace engram::node

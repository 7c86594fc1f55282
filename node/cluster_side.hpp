#pragma once
// What makes a node one of several: gossip port, peer port and links, membership. Built before the
// node core, which gets its ports from here, and opened once the core knows who it is. Owner:
// node::node, one thread.
//
//   start -> find_cluster -> (the core is built) -> open ... say_goodbye -> close_links -> (the
//   core stops) -> stop

#include "actors/node_core.hpp"
#include "node/cluster_keys.hpp"
#include "node/gossip/member_driver.hpp"
#include "node/peer/peer_host.hpp"

#include <future>

namespace engram::node {

class cluster_side final : private actors::peer_sink {
public:
  struct parts {
    const config& settings;
    log& logger;
    const base::clock& clock;
    base::entropy& entropy;
    base::registry& registry;
  };
  /// errc::unavailable, errc::invalid_argument: the key file.
  static base::result<std::unique_ptr<cluster_side>> start(parts from);
  ~cluster_side() override;

  /// For a folder with nothing in it: which cluster it joins, or nothing when it founds its own.
  /// Asks the seeds until one answers or `give_up` is ready (errc::shutting_down).
  base::result<std::optional<base::hash128>> find_cluster(const std::shared_future<void>& give_up);

  actors::peer_net& peers() { return *peers_; }
  actors::member_port& membership() { return driver_; }
  bool has_keys() const { return !keys_.ring.empty(); }

  /// Opens both ports and begins to look for the others. errc::unavailable: a port cannot be bound.
  base::result<void> open(edge& owner, actors::node_core& core, const actors::node_status& status,
                          bool met_others, const std::string& member_file);
  /// As bound. Requires: open() succeeded.
  const address& bound() const { return socket_->bound(); }

  void say_goodbye() { driver_.say_goodbye(); }
  void close_links() { peers_->close(); }
  void stop() { driver_.stop(); }

private:
  explicit cluster_side(parts from);

  void message_arrived(const actors::peer_identity& from, actors::channel on,
                       std::string message) override;
  void asked(const actors::peer_identity& from, std::shared_ptr<actors::ask> what,
             actors::reply<actors::answer> done) override;

  base::result<base::hash128> ask_seeds();
  base::result<address> open_ports(edge& owner, actors::peer_identity self);

  parts parts_;
  cluster_keys keys_;
  gossip_metrics gossip_metrics_;
  actors::node_core* core_ = nullptr; // since open()
  std::unique_ptr<peer_host> peers_;
  std::unique_ptr<gossip_socket> socket_;
  member_driver driver_;
};

/// Where others reach this node's gossip and peer port, by its settings alone.
std::string advertised(const config& settings, const address& bound);
/// It stands first in its own list of members to join: with an empty folder it founds the cluster,
/// unless another one of the list is in one.
bool founds_cluster(const config& settings);

} // namespace engram::node

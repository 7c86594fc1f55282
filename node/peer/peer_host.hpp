#pragma once
// The peer port and the links to all other members, on an event loop and thread of their own: what
// the node core and membership send to others goes through here. One link per address; a member is
// reached at the address it was introduced with.
//
// Owner: node::cluster_side. Thread: any, for all of it; open(), ask_seed() and close() block.
// Invariant: every ask is answered exactly once, also when close() overtakes it.

#include "node/listener.hpp"
#include "node/peer/peer_server.hpp"

#include <memory>
#include <thread>

namespace engram::node {

class peer_host final : public actors::peer_net {
public:
  struct parts {
    log& logger;
    const base::clock& clock;
    base::entropy& entropy;
    base::registry& registry;
    actors::peer_sink& sink;
    config settings;
    std::vector<std::string> keys; // of the cluster
  };
  /// errc::invalid_argument: a certificate or key cannot be used.
  static base::result<std::unique_ptr<peer_host>> start(parts from);
  ~peer_host() override;

  /// Of which cluster the node at `seed` is; waits for its answer, not for long. Before open().
  base::result<base::hash128> ask_seed(const address& seed);
  /// Listens and dials from now on; before, what is sent is dropped. errc::unavailable: the port
  /// cannot be bound. `owner` outlives close().
  base::result<void> open(edge& owner, const address& on, actors::peer_identity self);
  /// No port, no link, no thread; asks under way fail. Once.
  void close();

  void send(const std::string& address, actors::channel on, std::string message) override;
  void introduce(const base::store_id& member, const std::string& address) override;
  void forget(const base::store_id& member) override;
  void send(const base::store_id& to, std::shared_ptr<actors::ask> what,
            actors::reply<actors::answer> done) override;

private:
  struct loop_state;
  explicit peer_host(parts from);

  parts parts_;
  peer_metrics metrics_;
  std::unique_ptr<loop_state> state_; // what other threads reach the loop by
  std::thread thread_;
};

} // namespace engram::node

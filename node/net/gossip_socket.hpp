#pragma once
// The UDP port of the gossip protocol and the thread it lives on, which does nothing but
// membership, so that no cognitive work makes a node look dead. It seals and opens frames, counts
// what is malformed and hands the rest to one handler; it has one timer and takes jobs of other
// threads. Everything that waits (names, disks) waits elsewhere.
//
// Owner: node::cluster_side. Destroying it closes the port and joins the thread.

#include "base/result.hpp"
#include "base/time.hpp"
#include "membership/packet_seal.hpp"
#include "node/config/address.hpp"
#include "node/net/gossip_metrics.hpp"

#include <functional>
#include <memory>
#include <thread>

namespace engram::node {

/// Who hears. Thread: the socket's; must not block.
class gossip_handler {
public:
  virtual ~gossip_handler() = default;
  /// A frame opened to this. false: its body is malformed.
  virtual bool packet_arrived(std::string_view body) = 0;
  virtual void woken() = 0;
};

class gossip_socket {
public:
  /// errc::unavailable when the port cannot be bound. Packets wait until start().
  static base::result<std::unique_ptr<gossip_socket>> open(const address& on,
                                                           gossip_metrics& metrics);
  ~gossip_socket();
  gossip_socket(const gossip_socket&) = delete;
  gossip_socket& operator=(const gossip_socket&) = delete;

  /// The port that was bound, also when 0 was asked for.
  const address& bound() const { return bound_; }
  /// Once. The handler is woken at once, and outlives the socket or stop().
  void start(gossip_handler& handler, membership::packet_seal seal, const base::clock& clock);
  /// Any thread but its own; afterwards the handler is not called again. Jobs not yet run are
  /// dropped.
  void stop();

  // -- on its thread --

  /// To HOST:PORT; best effort, whatever is wrong. A name that is not known yet is looked up, and
  /// this packet is lost.
  void send(const std::string& to, std::string_view body);
  /// Sooner or later than asked for before: the last word counts.
  void wake_after(base::duration wait);
  /// All addresses of HOST:PORT, or of every place of a service: `done` once for each HOST:PORT.
  /// None when it has none or the name cannot be looked up now.
  void resolve(const address& what, std::function<void(std::vector<address>)> done);

  // -- any thread --

  void post(std::function<void()> job);

private:
  struct implementation;
  gossip_socket();

  std::unique_ptr<implementation> implementation_;
  address bound_;
  std::thread thread_;
};

} // namespace engram::node

#pragma once
// What the node core needs of its surroundings to be one of several members, beside store, clock
// and entropy: links to the others. Implemented by node/peer over RPC and by the simulator.
//
// A link is reliable while it lives and lost as a whole: messages of one channel arrive in order
// or, from some point on, not at all until the link is up again. Nobody hears of a message's fate;
// protocols that need to know acknowledge.

#include "actors/core/exchange.hpp"

#include <cstdint>
#include <string>

namespace engram::actors {

/// Whose message it is; on the wire, do not change the values.
enum class channel : std::uint8_t { membership = 1, replication = 2, concepts = 3 };

/// What a member says of itself when a link is made; proven by the cluster's key, if there is one.
struct peer_identity {
  base::hash128 cluster;
  base::store_id store;
  base::origin_id origin;
  std::uint16_t feature_min = 1, feature_max = 1;
  std::string address; // HOST:PORT of its peer port

  friend bool operator==(const peer_identity&, const peer_identity&) = default;
};

/// Links by address, since a seed has no name yet; asks by member. Thread: any.
class peer_net : public exchange {
public:
  /// Dials when there is no link. Dropped, and counted, when the link's queue is full.
  virtual void send(const std::string& address, channel on, std::string message) = 0;
  /// Where a member is reached; asks for members nobody introduced fail with `unavailable`.
  virtual void introduce(const base::store_id& member, const std::string& address) = 0;
  /// Its link is closed, what is under way fails.
  virtual void forget(const base::store_id& member) = 0;

  using exchange::send;
};

/// What the node core asks of membership. Thread: any.
class member_port {
public:
  virtual ~member_port() = default;
  /// Says to all that this member has left for good. `done` when some were told.
  virtual void leave(reply<void> done) = 0;
};

/// Who hears. Thread: the links'; must not block.
class peer_sink {
public:
  virtual ~peer_sink() = default;
  virtual void message_arrived(const peer_identity& from, channel on, std::string message) = 0;
  /// Another member's coordinator asks this replica. `done` is called exactly once.
  virtual void asked(const peer_identity& from, std::shared_ptr<ask> what, reply<answer> done) = 0;
};

} // namespace engram::actors

#pragma once
// What SWIM says. Packets are best effort and small; a table goes over a reliable stream. Every
// message may carry updates (piggyback); its sender vouches for nothing but its own record.

#include "membership/swim/member_record.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace engram::membership {

/// A claim about a member; `from` is who suspects, for counting independent confirmations.
struct update {
  member_record about;
  base::store_id from;
};

struct ping {
  std::uint64_t number = 0; // of the probe, unique at its sender
  base::store_id target;    // a packet for somebody else (a reused address) is not answered
  bool answer_reliably = false;
};
struct ping_request {
  std::uint64_t number = 0;
  base::store_id target;
  std::string target_address;
};
struct ack {
  std::uint64_t number = 0;
};
/// "I am well, but your target did not answer me either" (Lifeguard, LHA-Probe).
struct nack {
  std::uint64_t number = 0;
};
struct gossip {};
/// The whole table; `reply_wanted` on the first half of the exchange. Reliable.
struct table {
  std::vector<member_record> records;
  bool reply_wanted = false;
};

using message_body = std::variant<ping, ping_request, ack, nack, gossip, table>;

struct message {
  base::store_id sender;
  std::string sender_address; // where answers go: a stranger is answered too
  message_body body;
  std::vector<update> updates;
};

struct envelope {
  std::string address;
  membership::message message;
  bool reliable = false;
};

/// duplicated: another live member has our own store id; `who` is it.
enum class member_event : std::uint8_t {
  joined,
  suspected,
  refuted,
  failed,
  left,
  returned,
  duplicated
};

struct member_change {
  member_event what;
  member_record who;
};

/// In the order the shell must honour: persist before send.
struct swim_actions {
  bool persist_incarnation = false; // own incarnation is in swim::incarnation()
  std::vector<envelope> send;
  std::vector<member_change> events;
};

} // namespace engram::membership

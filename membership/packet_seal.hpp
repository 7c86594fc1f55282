#pragma once
// The frame of a gossip datagram: to whose cluster it belongs, that it arrived whole and, with a
// key, that a holder of the key sent it and that it is no replay. docs/formats/gossip.md has the
// bytes and says what a replay can and cannot do.
//
// How a socket uses it: one packet_seal per node, made after the keys are read, on the thread of
// the socket (not thread-safe). Out: seal(encode(message, PACKET_BODY_BYTES_MAX)), one call per
// datagram sent: a packet sealed once and sent to two members is fine, sent twice to one is a
// replay. In: open(); a fault is counted under its name (to_string) and nothing is answered, ever;
// what opens goes to decode_message, whose errors count as malformed too. `now` of open() is any
// clock in milliseconds that never goes back; `started` is wall time and should grow from run to
// run (a clock set back costs at most SILENCE_FORGOTTEN of being unheard by packet).
//
// Pure: any bytes have an answer. Bounded: strangers without a key leave nothing behind.

#include "base/aead.hpp"
#include "base/id.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace engram::membership {

inline constexpr std::size_t PACKET_BYTES_MAX = 1'400; // below any MTU
inline constexpr std::size_t PACKET_FRAME_BYTES = 80;  // of a sealed packet; a plain one has 40
inline constexpr std::size_t PACKET_BODY_BYTES_MAX = PACKET_BYTES_MAX - PACKET_FRAME_BYTES;

/// Names are labels of a metric: do not change them.
enum class packet_fault : std::uint8_t {
  too_short, // or too long
  magic,     // not ours at all
  version,   // a newer frame
  cluster,   // another cluster's
  checksum,  // plain, and damaged on the way
  key,       // sealed by no key of ours, or damaged, or changed on purpose
  unsealed,  // plain, where only sealed packets count
  replayed   // sealed, and seen before or older than what may still arrive
};
inline constexpr std::size_t packet_fault_count = 8;
std::string_view to_string(packet_fault fault) noexcept;

/// How a running cluster comes to its first key: every member gets the key with `seal = false`,
/// then every member `seal = true`, then `accept_plain = false`. Without keys all is plain.
struct packet_policy {
  bool seal = true;
  bool accept_plain = false;
};

class packet_seal {
public:
  /// How long a sender must be silent before anything of it counts as new.
  static constexpr base::duration SILENCE_FORGOTTEN{60'000};

  packet_seal(base::hash128 cluster, base::store_id self, base::key_ring keys, packet_policy policy,
              base::instant started, base::entropy& entropy);

  /// Requires: body.size() <= PACKET_BODY_BYTES_MAX.
  std::string seal(std::string_view body);
  /// The body, or why it is dropped.
  std::variant<std::string, packet_fault> open(base::instant now, std::string_view packet);
  /// From the next packet on; what was seen stays seen.
  void change_keys(base::key_ring keys, packet_policy policy);

private:
  static constexpr std::size_t WINDOW = 1'024; // packets that may overtake each other
  struct sender_window {
    std::uint64_t started = 0, salt = 0; // of its run
    std::uint64_t newest = 0;            // number
    std::bitset<WINDOW> seen;            // by number % WINDOW, of (newest - WINDOW, newest]
    base::instant heard;
  };

  std::string seal_plain(std::string_view body) const;
  std::variant<std::string, packet_fault> open_plain(std::string_view packet) const;
  std::variant<std::string, packet_fault> open_sealed(base::instant now, std::string_view packet);
  bool is_first(base::instant now, const base::store_id& sender, std::uint64_t started,
                std::uint64_t salt, std::uint64_t number);

  base::hash128 cluster_;
  base::store_id self_;
  base::key_ring keys_;
  packet_policy policy_;
  std::uint64_t started_, salt_;
  std::uint64_t sent_ = 0;
  std::map<base::store_id, sender_window> senders_; // holders of the key only
};

} // namespace engram::membership

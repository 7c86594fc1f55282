#include "membership/packet_seal.hpp"

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace engram::membership {

namespace {

constexpr std::uint32_t MAGIC = 0x4D524745; // "EGRM"
constexpr std::uint8_t VERSION = 2;
constexpr std::uint8_t PLAIN = 0, SEALED = 1;
constexpr std::size_t HEAD_BYTES = 24; // magic, version, kind, two of zero, cluster
constexpr std::size_t NONCE_AT = HEAD_BYTES + 16;
constexpr std::size_t SEALED_AT = NONCE_AT + base::AEAD_NONCE_BYTES;
constexpr std::size_t CHECKSUM_BYTES = 16;
constexpr std::size_t PLAIN_FRAME_BYTES = HEAD_BYTES + CHECKSUM_BYTES;
static_assert(PACKET_FRAME_BYTES == SEALED_AT + base::AEAD_TAG_BYTES);
static_assert(PLAIN_FRAME_BYTES < PACKET_FRAME_BYTES);

constexpr std::size_t SENDERS_MAX = 1 << 16;

void put(base::writer& out, const base::hash128& value) {
  const auto bytes = value.bytes();
  out.raw({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

base::hash128 hash_in(std::string_view bytes) {
  return base::hash128::from_bytes(
      std::span<const std::uint8_t, 16>(reinterpret_cast<const std::uint8_t*>(bytes.data()), 16));
}

base::writer begun(std::uint8_t kind, const base::hash128& cluster) {
  base::writer out;
  out.u32(MAGIC);
  out.u8(VERSION);
  out.u8(kind);
  out.u16(0);
  put(out, cluster);
  return out;
}

base::key_ring::nonce nonce_in(std::string_view packet) {
  return base::key_ring::nonce(reinterpret_cast<const std::uint8_t*>(packet.data()) + NONCE_AT,
                               base::AEAD_NONCE_BYTES);
}

} // namespace

std::string_view to_string(packet_fault fault) noexcept {
  switch (fault) {
  case packet_fault::too_short:
    return "too_short";
  case packet_fault::magic:
    return "magic";
  case packet_fault::version:
    return "version";
  case packet_fault::cluster:
    return "cluster";
  case packet_fault::checksum:
    return "checksum";
  case packet_fault::key:
    return "key";
  case packet_fault::unsealed:
    return "unsealed";
  case packet_fault::replayed:
    return "replayed";
  }
  return "unknown";
}

packet_seal::packet_seal(base::hash128 cluster, base::store_id self, base::key_ring keys,
                         packet_policy policy, base::instant started, base::entropy& entropy)
    : cluster_(cluster), self_(self), keys_(std::move(keys)), policy_(policy),
      started_(static_cast<std::uint64_t>(started.ms)), salt_(entropy.draw().low) {}

void packet_seal::change_keys(base::key_ring keys, packet_policy policy) {
  keys_ = std::move(keys);
  policy_ = policy;
}

// -- out --

std::string packet_seal::seal(std::string_view body) {
  CHECK(body.size() <= PACKET_BODY_BYTES_MAX, body.size());
  if (keys_.empty() || !policy_.seal) return seal_plain(body);
  base::writer out = begun(SEALED, cluster_);
  put(out, self_.value);
  out.u64(started_);
  out.u64(salt_);
  out.u64(++sent_);
  const std::string head = std::move(out).take();
  return head + keys_.seal(nonce_in(head), body, std::string_view(head).substr(0, NONCE_AT));
}

std::string packet_seal::seal_plain(std::string_view body) const {
  base::writer out = begun(PLAIN, cluster_);
  out.raw(body);
  put(out, base::fast_hash128(out.view()));
  return std::move(out).take();
}

// -- in --

std::variant<std::string, packet_fault> packet_seal::open(base::instant now,
                                                          std::string_view packet) {
  if (packet.size() < PLAIN_FRAME_BYTES || packet.size() > PACKET_BYTES_MAX) {
    return packet_fault::too_short;
  }
  base::reader in(packet);
  if (in.u32() != MAGIC) return packet_fault::magic;
  const std::uint8_t version = in.u8(), kind = in.u8();
  if (version != VERSION || kind > SEALED || in.u16() != 0) return packet_fault::version;
  if (hash_in(in.raw(16)) != cluster_) return packet_fault::cluster;
  return kind == SEALED ? open_sealed(now, packet) : open_plain(packet);
}

std::variant<std::string, packet_fault> packet_seal::open_plain(std::string_view packet) const {
  if (!keys_.empty() && !policy_.accept_plain) return packet_fault::unsealed;
  const std::string_view covered = packet.substr(0, packet.size() - CHECKSUM_BYTES);
  if (hash_in(packet.substr(covered.size())) != base::fast_hash128(covered)) {
    return packet_fault::checksum;
  }
  return std::string(covered.substr(HEAD_BYTES));
}

std::variant<std::string, packet_fault> packet_seal::open_sealed(base::instant now,
                                                                 std::string_view packet) {
  if (packet.size() < PACKET_FRAME_BYTES) return packet_fault::too_short;
  auto body = keys_.open(nonce_in(packet), packet.substr(SEALED_AT), packet.substr(0, NONCE_AT));
  if (!body) return packet_fault::key;
  base::reader in(packet.substr(HEAD_BYTES, SEALED_AT - HEAD_BYTES));
  const base::store_id sender{hash_in(in.raw(16))};
  const std::uint64_t started = in.u64(), salt = in.u64(), number = in.u64();
  if (!is_first(now, sender, started, salt, number)) return packet_fault::replayed;
  return std::move(*body);
}

bool packet_seal::is_first(base::instant now, const base::store_id& sender, std::uint64_t started,
                           std::uint64_t salt, std::uint64_t number) {
  const auto silent = [&](const auto& entry) {
    return now - entry.second.heard >= SILENCE_FORGOTTEN;
  };
  if (senders_.size() >= SENDERS_MAX && !senders_.contains(sender)) {
    if (std::erase_if(senders_, silent) == 0) return true; // more members than a cluster may have
  }
  auto [found, is_new] = senders_.try_emplace(sender);
  sender_window& w = found->second;
  const bool same_run = w.started == started && w.salt == salt;
  if (is_new || (!same_run && silent(*found)) || started > w.started) {
    w = {started, salt, number, {}, now};
  } else if (!same_run) {
    return false; // an earlier run, or a second one at the same time: the first heard stays
  } else if (number > w.newest) {
    if (number - w.newest >= WINDOW) {
      w.seen.reset();
    } else {
      for (std::uint64_t n = w.newest + 1; n < number; ++n) w.seen.reset(n % WINDOW);
    }
    w.newest = number;
  } else if (w.newest - number >= WINDOW || w.seen.test(number % WINDOW)) {
    return false;
  }
  w.seen.set(number % WINDOW);
  w.heard = now;
  return true;
}

} // namespace engram::membership

// Property: whatever the bytes, a packet opens to exactly what its sender sealed, or is dropped.

#include "membership/packet_seal.hpp"
#include "tests/support/doctest.hpp"

namespace engram::membership {
namespace {

struct seeded_entropy final : base::entropy {
  explicit seeded_entropy(std::uint64_t seed) : random(seed) {}
  base::hash128 draw() override { return random.hash(); }
  base::random random;
};

std::string random_bytes(base::random& seeded, std::size_t below) {
  std::string out(seeded.below(below), '\0');
  for (char& each : out) each = static_cast<char>(seeded.next());
  return out;
}

/// Flips, cuts, lengthens, overwrites with a piece of another packet, or leaves alone.
std::string mangled(base::random& seeded, std::string packet, const std::string& other) {
  switch (seeded.below(5)) {
  case 0:
    packet[seeded.below(packet.size())] ^= static_cast<char>(1 << seeded.below(8));
    break;
  case 1:
    packet.resize(seeded.below(packet.size()));
    break;
  case 2:
    packet += random_bytes(seeded, 40);
    break;
  case 3: {
    const std::size_t at = seeded.below(std::min(packet.size(), other.size()));
    packet = packet.substr(0, at) + other.substr(at);
    break;
  }
  default:
    break;
  }
  return packet;
}

void play(std::uint64_t seed, bool with_key) {
  seeded_entropy entropy(seed);
  base::random& seeded = entropy.random;
  const std::vector<std::string> keys(with_key ? 1 : 0, std::string(64, 'c'));
  const auto end = [&](std::uint64_t id) {
    return packet_seal({7, 7}, {{id, id}}, *base::key_ring::parse(keys), {}, base::instant{1},
                       entropy);
  };
  packet_seal from = end(1), to = end(2);
  std::string other = from.seal("another packet");
  for (int i = 0; i < 2'000; ++i) {
    const std::string body = random_bytes(seeded, PACKET_BODY_BYTES_MAX);
    const std::string packet = from.seal(body), received = mangled(seeded, packet, other);
    const auto opened = to.open(base::instant{i}, received);
    const auto* text = std::get_if<std::string>(&opened);
    if (received == packet) {
      REQUIRE(text != nullptr);
      REQUIRE(*text == body);
    } else if (received != other) {
      REQUIRE(text == nullptr);
    }
    REQUIRE(
        std::holds_alternative<packet_fault>(to.open(base::instant{i}, random_bytes(seeded, 200))));
    if (seeded.chance(0.3)) other = packet;
  }
}

} // namespace

TEST_SUITE_BEGIN("membership");

TEST_CASE("mangled packets open to nothing, whole ones to what was sealed") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    play(seed, true);
    play(seed, false);
  }
}

TEST_SUITE_END();

} // namespace engram::membership

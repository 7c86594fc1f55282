#include "membership/packet_seal.hpp"

#include "base/bytes.hpp"
#include "tests/support/doctest.hpp"

namespace engram::membership {
namespace {

const base::hash128 CLUSTER{0x1111, 0x2222};
const std::string KEY_A(64, 'a'), KEY_B(64, 'b');
constexpr base::instant NOW{1'000};

struct fixed_entropy final : base::entropy {
  std::uint64_t next = 0x5A17;
  base::hash128 draw() override { return {0, next++}; }
};

struct end_of_line {
  std::vector<std::string> keys;
  base::store_id id{{3, 4}};
  base::hash128 cluster = CLUSTER;
  packet_policy policy = {};
  base::instant started{500};
};

base::key_ring ring(const std::vector<std::string>& keys) { return *base::key_ring::parse(keys); }

packet_seal make(const end_of_line& at) {
  fixed_entropy entropy;
  return packet_seal(at.cluster, at.id, ring(at.keys), at.policy, at.started, entropy);
}

std::string outcome(packet_seal& at, const std::string& packet, base::instant now = NOW) {
  const auto opened = at.open(now, packet);
  if (const auto* fault = std::get_if<packet_fault>(&opened)) return std::string(to_string(*fault));
  return "opened " + std::get<std::string>(opened);
}

} // namespace

TEST_SUITE_BEGIN("membership");

TEST_CASE("the bytes of a packet are what they were, plain and sealed") {
  packet_seal plain = make({});
  CHECK(base::to_hex(plain.seal("hi")) ==
        "4547524d020000000000000000001111000000000000222268690d0cfd76db6f"
        "f059b49538dcf7713c4f");
  packet_seal sealed = make({{KEY_A}});
  CHECK(base::to_hex(sealed.seal("hi")) ==
        "4547524d02010000000000000000111100000000000022220000000000000003"
        "0000000000000004f401000000000000175a0000000000000100000000000000"
        "6d9cc3e166d86743c5a1455ab87991660e5e");
}

TEST_CASE("a packet opens to its body, of any length that fits") {
  for (const auto& keys : {std::vector<std::string>{}, std::vector{KEY_A}}) {
    packet_seal from = make({keys}), to = make({keys, {{5, 6}}});
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, PACKET_BODY_BYTES_MAX}) {
      const std::string body(length, 'x'), packet = from.seal(body);
      CHECK(packet.size() <= PACKET_BYTES_MAX);
      CHECK(outcome(to, packet) == "opened " + body);
    }
  }
}

TEST_CASE("who reads a sealed packet without the key sees nothing of its body") {
  packet_seal from = make({{KEY_A}});
  CHECK(from.seal("a secret address").find("secret") == std::string::npos);
}

TEST_CASE("each way to be wrong has its name") {
  packet_seal plain = make({}), sealed = make({{KEY_A}}), to = make({{KEY_A}, {{5, 6}}});
  packet_seal other_key = make({{KEY_B}});
  packet_seal elsewhere = make({{KEY_A}, {{3, 4}}, {9, 9}});
  const std::string good = sealed.seal("hi");
  CHECK(outcome(to, "short") == "too_short");
  CHECK(outcome(to, good + std::string(PACKET_BYTES_MAX, 'x')) == "too_short");
  CHECK(outcome(to, std::string(100, 'x')) == "magic");
  CHECK(outcome(to, elsewhere.seal("hi")) == "cluster");
  CHECK(outcome(to, other_key.seal("hi")) == "key");
  CHECK(outcome(to, plain.seal("hi")) == "unsealed");
  CHECK(outcome(plain, good) == "key");
  std::string newer = good;
  newer[4] = 3;
  CHECK(outcome(to, newer) == "version");
  std::string damaged = plain.seal("hi");
  damaged[25] = 'x';
  CHECK(outcome(plain, damaged) == "checksum");
  CHECK(outcome(to, good) == "opened hi");
  CHECK(outcome(to, good) == "replayed");
}

TEST_CASE("the cluster's id is part of what the key vouches for") {
  packet_seal from = make({{KEY_A}}), elsewhere = make({{KEY_A}, {{5, 6}}, {9, 9}});
  std::string packet = from.seal("hi");
  packet.replace(8, 16, elsewhere.seal("").substr(8, 16));
  CHECK(outcome(elsewhere, packet) == "key");
}

TEST_CASE("packets may overtake each other, but each counts once") {
  packet_seal from = make({{KEY_A}}), to = make({{KEY_A}, {{5, 6}}});
  std::vector<std::string> packets;
  for (int i = 0; i < 3'000; ++i) packets.push_back(from.seal(std::to_string(i)));
  base::random seeded(1);
  std::vector<bool> seen(packets.size());
  std::size_t newest = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::size_t around = std::min<std::size_t>(packets.size() - 1, newest + 2);
    const std::size_t pick = around - std::min(around, static_cast<std::size_t>(seeded.below(60)));
    const bool opened = outcome(to, packets[pick]) == "opened " + std::to_string(pick);
    CHECK(opened == !seen[pick]);
    seen[pick] = true;
    newest = std::max(newest, pick);
  }
  CHECK(newest + 1 == packets.size());
  CHECK(outcome(to, packets[100]) == "replayed"); // long overtaken, heard or not
}

TEST_CASE("a leap over more packets than the window holds forgets none that were seen") {
  packet_seal from = make({{KEY_A}}), to = make({{KEY_A}, {{5, 6}}});
  std::vector<std::string> packets;
  for (int i = 0; i < 2'100; ++i) packets.push_back(from.seal(""));
  for (const std::size_t i : {5u, 1'028u, 1'029u, 2'099u}) {
    CHECK(outcome(to, packets[i]) == "opened ");
    CHECK(outcome(to, packets[i]) == "replayed");
  }
  CHECK(outcome(to, packets[5]) == "replayed");
  CHECK(outcome(to, packets[1'029]) == "replayed");
  CHECK(outcome(to, packets[1'076]) == "opened "); // late, within the window
}

TEST_CASE("a run that began earlier than one that was heard is a replay") {
  packet_seal first = make({{KEY_A}}), to = make({{KEY_A}, {{5, 6}}});
  packet_seal second = make({{KEY_A}, {{3, 4}}, CLUSTER, {}, base::instant{900}});
  const std::string old = first.seal("old");
  CHECK(outcome(to, first.seal("old")) == "opened old");
  CHECK(outcome(to, second.seal("new")) == "opened new");
  CHECK(outcome(to, old) == "replayed");
  CHECK(outcome(to, second.seal("newer")) == "opened newer");
}

TEST_CASE("a member whose clock was set back is heard again once its last run is forgotten") {
  packet_seal late = make({{KEY_A}, {{3, 4}}, CLUSTER, {}, base::instant{900}});
  packet_seal back = make({{KEY_A}}), to = make({{KEY_A}, {{5, 6}}});
  CHECK(outcome(to, late.seal("")) == "opened ");
  CHECK(outcome(to, back.seal("")) == "replayed");
  CHECK(outcome(to, back.seal("hi"), NOW + packet_seal::SILENCE_FORGOTTEN) == "opened hi");
}

TEST_CASE("one sender's numbers are not another's") {
  packet_seal a = make({{KEY_A}, {{1, 1}}}), b = make({{KEY_A}, {{2, 2}}});
  packet_seal to = make({{KEY_A}, {{5, 6}}});
  CHECK(outcome(to, a.seal("a")) == "opened a");
  CHECK(outcome(to, b.seal("b")) == "opened b");
}

TEST_CASE(
    "a running cluster comes to its first key, changes it, and hears every packet meanwhile") {
  struct step {
    std::vector<std::string> keys;
    packet_policy policy;
  };
  const std::vector<step> steps = {{{}, {}},
                                   {{KEY_A}, {false, true}},
                                   {{KEY_A}, {true, true}},
                                   {{KEY_A}, {true, false}},
                                   {{KEY_A, KEY_B}, {true, false}},
                                   {{KEY_B, KEY_A}, {true, false}},
                                   {{KEY_B}, {true, false}}};
  packet_seal a = make({{}, {{1, 1}}}), b = make({{}, {{2, 2}}});
  for (const step& each : steps) { // b always lags one step behind
    a.change_keys(ring(each.keys), each.policy);
    CHECK(outcome(b, a.seal("from a")) == "opened from a");
    CHECK(outcome(a, b.seal("from b")) == "opened from b");
    b.change_keys(ring(each.keys), each.policy);
    CHECK(outcome(b, a.seal("from a")) == "opened from a");
    CHECK(outcome(a, b.seal("from b")) == "opened from b");
  }
}

TEST_SUITE_END();

} // namespace engram::membership

#include "membership/swim/swim_codec.hpp"

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "membership/packet_seal.hpp"
#include "tests/support/doctest.hpp"

namespace engram::membership {
namespace {

member_record record(std::uint64_t n) {
  member_record out;
  out.id = {{n, n + 1}};
  out.gossip_address = "10.0.0." + std::to_string(n % 250) + ":7434";
  out.peer_address = out.gossip_address;
  out.zone = n % 2 == 0 ? "" : "north";
  out.incarnation = n * 3;
  out.state = static_cast<member_state>(n % 4);
  return out;
}

message of(message_body body, std::size_t updates = 0) {
  message out{{{1, 2}}, "127.0.0.1:7434", std::move(body), {}};
  for (std::size_t i = 0; i < updates; ++i) out.updates.push_back({record(i + 1), {{9, i}}});
  return out;
}

std::vector<message> one_of_each() {
  return {of(ping{7, {{3, 4}}}, 2),
          of(ping_request{8, {{3, 4}}, "127.0.0.1:7435"}),
          of(ack{9}),
          of(nack{10}, 1),
          of(gossip{}, 3),
          of(table{{record(1), record(2), record(3)}, true})};
}

message draw(base::random& random) {
  message out = one_of_each()[random.below(6)];
  out.sender = {{random.next() | 1, random.next()}};
  out.updates.clear();
  for (auto left = random.below(9); left > 0; --left)
    out.updates.push_back({record(1 + random.below(1'000)), {{random.next(), 1}}});
  return out;
}

} // namespace

TEST_SUITE_BEGIN("membership");

TEST_CASE("every message comes back as it went") {
  base::random random(7);
  for (int i = 0; i < 2'000; ++i) {
    const message sent = draw(random);
    const std::string bytes = encode(sent);
    const auto got = decode_message(bytes);
    REQUIRE(got);
    CHECK(encode(*got) == bytes);
    CHECK(got->updates.size() == sent.updates.size());
    CHECK(got->body.index() == sent.body.index());
  }
}

TEST_CASE("the bytes of each message are what they were") {
  const std::vector<std::string> golden = {
      "010101021000000000000000010000000000000002030e3132372e302e302e313a373433340415010107"
      "02100000000000000003000000000000000405a901570143011000000000000000010000000000000002"
      "020d31302e302e302e313a37343334030d31302e302e302e313a3734333404056e6f7274680501010601"
      "0107010308010102100000000000000009000000000000000050013c0110000000000000000200000000"
      "00000003020d31302e302e302e323a37343334030d31302e302e302e323a373433340501010601010701"
      "06080102021000000000000000090000000000000001",
      "010102021000000000000000010000000000000002030e3132372e302e302e313a373433340425010108"
      "021000000000000000030000000000000004030e3132372e302e302e313a37343335",
      "010103021000000000000000010000000000000002030e3132372e302e302e313a373433340403010109",
      "010104021000000000000000010000000000000002030e3132372e302e302e313a37343334040301010a"
      "0558570143011000000000000000010000000000000002020d31302e302e302e313a37343334030d3130"
      "2e302e302e313a3734333404056e6f727468050101060101070103080101021000000000000000090000"
      "000000000000",
      "010105021000000000000000010000000000000002030e3132372e302e302e313a373433340581025701"
      "43011000000000000000010000000000000002020d31302e302e302e313a37343334030d31302e302e30"
      "2e313a3734333404056e6f72746805010106010107010308010102100000000000000009000000000000"
      "000050013c011000000000000000020000000000000003020d31302e302e302e323a37343334030d3130"
      "2e302e302e323a3734333405010106010107010608010202100000000000000009000000000000000157"
      "0143011000000000000000030000000000000004020d31302e302e302e333a37343334030d31302e302e"
      "302e333a3734333404056e6f727468050101060101070109080103021000000000000000090000000000"
      "000002",
      "010106021000000000000000010000000000000002030e3132372e302e302e313a3734333404cb0101c5"
      "0143011000000000000000010000000000000002020d31302e302e302e313a37343334030d31302e302e"
      "302e313a3734333404056e6f7274680501010601010701030801013c0110000000000000000200000000"
      "00000003020d31302e302e302e323a37343334030d31302e302e302e323a373433340501010601010701"
      "0608010243011000000000000000030000000000000004020d31302e302e302e333a37343334030d3130"
      "2e302e302e333a3734333404056e6f727468050101060101070109080103020101",
  };
  const auto messages = one_of_each();
  REQUIRE(golden.size() == messages.size());
  for (std::size_t i = 0; i < messages.size(); ++i) {
    CAPTURE(i);
    CHECK(base::to_hex(encode(messages[i])) == golden[i]);
  }
}

TEST_CASE("a packet holds eight updates of ordinary length, and never more than it may") {
  const message full = of(ping{UINT64_MAX, {{~0ull, ~0ull}}}, 8);
  const auto got = decode_message(encode(full, PACKET_BODY_BYTES_MAX));
  REQUIRE(got);
  CHECK(got->updates.size() == 8);
  for (const std::size_t limit : {200u, 500u, 1'000u}) {
    const std::string bytes = encode(of(gossip{}, 30), limit);
    CHECK(bytes.size() <= limit);
    REQUIRE(decode_message(bytes));
    CHECK(decode_message(bytes)->updates.size() < 30);
  }
}

TEST_CASE("cut, changed and random bytes are refused or another message, never a crash") {
  base::random random(11);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = encode(draw(random));
    if (random.chance(0.3)) bytes.resize(random.below(bytes.size() + 1));
    for (auto left = random.below(4); left > 0 && !bytes.empty(); --left)
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    const auto got = decode_message(bytes);
    if (got) CHECK(encode(*got) == bytes); // one encoding only
  }
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random.below(80), '\0');
    for (char& c : bytes) c = static_cast<char>(random.below(256));
    (void)decode_message(bytes);
  }
}

TEST_CASE("a message of a newer version is told apart from a broken one") {
  std::string bytes = encode(of(ack{1}));
  bytes += std::string("\x09\x01\x01", 3);
  REQUIRE_FALSE(decode_message(bytes));
  CHECK(decode_message(bytes).error().code == base::errc::unsupported_format);
}

TEST_SUITE_END();

} // namespace engram::membership

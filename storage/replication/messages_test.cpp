#include "base/bytes.hpp"
#include "base/random.hpp"
#include "storage/replication/messages.hpp"
#include "tests/support/doctest.hpp"

#include <fstream>
#include <functional>

namespace engram::storage {
namespace {

using message::any;

struct source {
  explicit source(std::uint64_t seed) : random(seed) {}
  base::random random;

  std::string text(std::uint64_t most) {
    std::string out(random.below(most + 1), '\0');
    for (auto& c : out) c = static_cast<char>(random.below(256));
    return out;
  }
  base::space_id space() { return {random.hash()}; }
  base::origin_id origin() { return {random.hash()}; }
  base::instant time() {
    return base::instant{static_cast<std::int64_t>(random.below(1ull << 50))};
  }
  bool coin() { return random.chance(0.5); }
  log_mark mark() { return {1 + random.below(1'000'000), random.hash()}; }
  log_vector vector() {
    log_vector out;
    for (auto n = random.below(4); n > 0; --n) out.raise(origin(), mark());
    return out;
  }
  message::carried carried(const base::space_id& space, const base::origin_id& origin) {
    entry_header h;
    h.space = space;
    h.origin = origin;
    h.sequence = random.next();
    h.stamp.value = random.next();
    h.kind = static_cast<std::uint8_t>(random.below(256));
    h.operation = random.hash();
    h.payload_hash = random.hash();
    h.payload_bytes = static_cast<std::uint32_t>(random.next());
    h.running = random.hash();
    return {h, text(20)};
  }
};

message::entries entries_of(source& from) {
  message::entries m{from.space(), from.origin(), from.coin(), from.coin(), from.coin(), {}};
  for (auto n = from.random.below(4); n > 0; --n)
    m.items.push_back(from.carried(m.space, m.origin));
  return m;
}

message::snapshot_chunk chunk_of(source& from) {
  message::snapshot_chunk m{from.space(), from.random.hash(), from.text(9),
                            from.coin(),  from.coin(),        {}};
  for (auto n = from.random.below(4); n > 0; --n) {
    message::snapshot_item item{from.text(9), from.text(9), std::nullopt};
    if (from.coin()) item.payload = from.text(20);
    m.items.push_back(item);
  }
  return m;
}

/// One message of each kind, and a heartbeat with nothing to say.
std::vector<any> one_of_each(std::uint64_t seed) {
  source s{seed};
  message::acknowledgement ack{s.space(), s.origin(), s.mark()};
  message::state_hashes hashes{s.space(), s.random.next(), {s.random.hash(), s.random.hash()}};
  message::snapshot_offer offer{s.space(), s.random.hash(), s.vector(), {}, {s.origin()}};
  offer.numbers.emplace_back(static_cast<std::uint32_t>(s.random.next()), s.origin());
  return {
      message::digests{{{s.space(), s.random.next()}, {s.space(), s.random.next()}}},
      message::vector{s.space(), s.vector(), s.coin(), s.coin()},
      message::pull{s.space(), s.origin(), 1 + s.random.below(99), s.random.next(), s.coin()},
      entries_of(s),
      ack,
      message::fork_notice{s.space(), s.origin(), s.random.next()},
      message::snapshot_request{s.space(), s.random.hash(), s.text(9), s.random.next(), s.vector()},
      offer,
      chunk_of(s),
      hashes,
      message::digests{{}, s.time(), s.time()}};
}

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("every replication message survives its encoding, which is the only one it has") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed)
    for (const auto& what : one_of_each(seed)) {
      const auto bytes = message::encode(what);
      const auto back = message::decode_replication(bytes);
      REQUIRE(back);
      CHECK(*back == what);
      CHECK(message::encode(*back) == bytes);
    }
}

TEST_CASE("golden replication messages decode to what was written and encode to the same bytes") {
  std::ifstream file{ENGRAM_GOLDEN_DIR "/replication_messages_v1.hex"};
  REQUIRE(file);
  for (const auto& what : one_of_each(7)) {
    std::string line;
    REQUIRE(std::getline(file, line));
    CHECK(base::to_hex(message::encode(what)) == line);
    const auto bytes = base::from_hex(line);
    REQUIRE(bytes);
    const auto back = message::decode_replication(*bytes);
    REQUIRE(back);
    CHECK(*back == what);
  }
}

TEST_CASE("cut or changed bytes are refused or are another message with its own encoding") {
  base::random random{3};
  for (std::uint64_t seed = 1; seed <= 60; ++seed)
    for (const auto& what : one_of_each(seed)) {
      const auto bytes = message::encode(what);
      for (int i = 0; i < 10; ++i) {
        auto cut = bytes.substr(0, random.below(bytes.size()));
        if (const auto got = message::decode_replication(cut)) CHECK(message::encode(*got) == cut);
        auto flipped = bytes;
        auto& c = flipped[random.below(flipped.size())];
        c = static_cast<char>(c ^ (1 << random.below(8)));
        if (const auto got = message::decode_replication(flipped))
          CHECK(message::encode(*got) == flipped);
      }
    }
  CHECK(message::decode_replication("").error().code == base::errc::corrupt);
}

TEST_CASE("a message of a later kind is named as such") {
  const std::string later("\0\1\x63", 3);
  CHECK(message::decode_replication(later).error().code == base::errc::unsupported_format);
}

TEST_CASE("equal vectors have equal digests; another running hash is another log") {
  source s{5};
  const auto origin = s.origin();
  log_vector a, b;
  a.raise(origin, {3, {1, 1}});
  b.raise(origin, {3, {1, 2}});
  CHECK(a.digest() != b.digest());
  CHECK(a.covers(b));
  a.raise(origin, {2, {9, 9}});
  CHECK(a.at(origin) == 3);
  b = a;
  CHECK(a.digest() == b.digest());
  b.raise(origin, {7, {2, 2}});
  CHECK(missing_from(a, b) == std::vector<log_range>{{origin, 4, 7}});
  CHECK(missing_from(b, a).empty());
}

TEST_SUITE_END();

} // namespace engram::storage

#include "base/bytes.hpp"
#include "membership/concepts/concept_world.hpp"
#include "tests/support/doctest.hpp"

#include <fstream>

namespace engram::membership {
namespace {

namespace said = sheet_message;

sheet_head random_head(base::random& from) {
  return {{from.hash()},
          {from.below(1'000'000), from.hash()},
          {static_cast<std::int64_t>(from.below(1ull << 41))}};
}

std::vector<std::uint64_t> random_tags(base::random& from) {
  std::vector<std::uint64_t> out(from.below(5));
  for (auto& each : out) each = from.next();
  return out;
}

/// One message of each kind.
std::vector<said::any> one_of_each(std::uint64_t seed) {
  base::random from(seed);
  said::digests digests;
  for (auto& each : digests.buckets) each = from.next();
  said::heads heads{from.next(), from.chance(0.5), {random_head(from), random_head(from)}};
  said::part part{random_head(from), random_tags(from), {}};
  for (auto n = from.below(4); n > 0; --n)
    part.records.push_back({from.hash(), from.hash(), std::string(from.below(9), 'x')});
  return {said::root{from.next()}, digests, heads, said::wish{{from.hash()}, random_tags(from)},
          part};
}

} // namespace

TEST_SUITE_BEGIN("membership");

TEST_CASE("every message about sheets survives its encoding, which is the only one it has") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed)
    for (const auto& what : one_of_each(seed)) {
      const auto bytes = said::encode(what);
      const auto back = said::decode_sheet_message(bytes);
      REQUIRE(back);
      CHECK(*back == what);
      CHECK(said::encode(*back) == bytes);
    }
}

TEST_CASE("golden messages about sheets decode to what was written and encode to the same bytes") {
  std::ifstream file{ENGRAM_GOLDEN_DIR "/concept_messages_v1.hex"};
  REQUIRE(file);
  for (const auto& what : one_of_each(7)) {
    std::string line;
    REQUIRE(std::getline(file, line));
    CHECK(base::to_hex(said::encode(what)) == line);
    const auto back = said::decode_sheet_message(base::from_hex(line).value());
    REQUIRE(back);
    CHECK(*back == what);
  }
}

TEST_CASE("cut or changed messages about sheets are refused or are another message") {
  base::random random{3};
  for (std::uint64_t seed = 1; seed <= 60; ++seed)
    for (const auto& what : one_of_each(seed)) {
      const auto bytes = said::encode(what);
      for (int i = 0; i < 10; ++i) {
        auto cut = bytes.substr(0, random.below(bytes.size()));
        if (const auto got = said::decode_sheet_message(cut)) CHECK(said::encode(*got) == cut);
        auto flipped = bytes;
        auto& c = flipped[random.below(flipped.size())];
        c = static_cast<char>(c ^ (1 << random.below(8)));
        if (const auto got = said::decode_sheet_message(flipped))
          CHECK(said::encode(*got) == flipped);
      }
    }
  const std::string later("\0\1\x63", 3);
  CHECK(said::decode_sheet_message(later).error().code == base::errc::unsupported_format);
}

TEST_SUITE_END();

} // namespace engram::membership

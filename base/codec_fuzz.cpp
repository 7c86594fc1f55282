// Laws of the byte codecs, of the calendar and of UTF-8, over seeded random inputs.
#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "tests/support/doctest.hpp"

#include <bit>

namespace engram::base {

namespace {

std::string random_bytes(random& draw, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<char>(draw.below(256)));
  return out;
}

/// A number whose magnitude, not its value, is uniform.
std::uint64_t any_magnitude(random& draw) { return draw.next() >> draw.below(64); }

/// Decodes the way the standard words it: value by value, comparing with the shortest form.
bool reference_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    const int ones = std::countl_one(lead);
    if (ones == 0) continue;
    if (ones == 1 || ones > 4) return false;
    std::uint32_t value = lead & (0xffu >> (ones + 1));
    for (int i = 1; i < ones; ++i, ++at) {
      if (at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) return false;
      value = value << 6 | (static_cast<unsigned char>(text[at]) & 0x3Fu);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < smallest[ones] || value > 0x10FFFF) return false;
    if (value >= 0xD800 && value <= 0xDFFF) return false;
  }
  return true;
}

} // namespace

TEST_SUITE_BEGIN("base");

TEST_CASE("whatever is written is read back and nothing is left over") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    random draw{seed};
    const std::uint64_t v = any_magnitude(draw), u = draw.next();
    const auto s = static_cast<std::int64_t>(any_magnitude(draw) * (draw.chance(0.5) ? -1 : 1));
    const std::string field = random_bytes(draw, draw.below(300));
    const auto f = std::bit_cast<float>(static_cast<std::uint32_t>(draw.below(0x7f800000)));

    writer out;
    out.var(v);
    out.u64(u);
    out.zigzag(s);
    out.field(field);
    out.f32(f);
    out.u16(static_cast<std::uint16_t>(u));
    out.u32(static_cast<std::uint32_t>(u));
    out.u64_be(u);
    out.u32_be(static_cast<std::uint32_t>(u));
    out.raw("end");

    reader in{out.view()};
    CHECK(in.var() == v);
    CHECK(in.u64() == u);
    CHECK(in.zigzag() == s);
    CHECK(in.field() == field);
    CHECK(in.f32() == f);
    CHECK(in.u16() == static_cast<std::uint16_t>(u));
    CHECK(in.u32() == static_cast<std::uint32_t>(u));
    CHECK(in.u64_be() == u);
    CHECK(in.u32_be() == static_cast<std::uint32_t>(u));
    CHECK(in.raw(3) == "end");
    CHECK(in.done());
  }
}

TEST_CASE("a cut anywhere is noticed") {
  writer out;
  out.var(300);
  out.field("hello");
  out.u64(1);

  for (std::size_t cut = 0; cut < out.size(); ++cut) {
    reader in{std::string_view{out.view()}.substr(0, cut)};
    in.var();
    in.field();
    in.u64();
    CHECK(in.bad());
  }
}

TEST_CASE("random bytes never lead a reader beyond its end") {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    random draw{seed};
    const std::string bytes = random_bytes(draw, draw.below(40));
    reader in{bytes};
    std::size_t seen = 0;
    while (!in.bad() && !in.at_end()) {
      switch (draw.below(5)) {
      case 0:
        in.u8();
        break;
      case 1:
        in.var();
        break;
      case 2:
        seen += in.field().size();
        break;
      case 3:
        in.u32();
        break;
      default:
        in.zigzag();
      }
    }
    CHECK(seen <= bytes.size());
  }
}

TEST_CASE("the UTF-8 validator agrees with decoding code point by code point") {
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    random draw{seed};
    // Bytes near the borders of the table, so that a good share is well formed.
    constexpr std::string_view alphabet =
        "a\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xED\xEF\xF0\xF1\xF3\xF4\xF5\xFF";
    std::string text;
    for (std::size_t n = 1 + draw.below(5); n > 0; --n)
      text.push_back(alphabet[draw.below(alphabet.size())]);

    CAPTURE(to_hex(text));
    const auto at = invalid_utf8_at(text);
    CHECK(at.has_value() == !reference_utf8(text));
    if (at) CHECK(reference_utf8(std::string_view{text}.substr(0, *at)));
  }
}

TEST_CASE("an instant survives the calendar and its text") {
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    CAPTURE(seed);
    random draw{seed};
    const std::int64_t first = from_civil({0, 1, 1}).ms, last = from_civil({10'000, 1, 1}).ms;
    const instant t{
        first + static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(last - first)))};

    CHECK(from_civil(to_civil(t)) == t);
    CHECK(parse_time(format_time(t)) == t);
  }
}

TEST_CASE("calendar fields stay in range for every 64-bit instant") {
  random draw{11};
  for (int i = 0; i < 5000; ++i) {
    const civil c = to_civil({static_cast<std::int64_t>(draw.next())});
    CHECK((c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= 31));
    CHECK((c.hour >= 0 && c.hour < 24 && c.minute >= 0 && c.minute < 60 && c.second >= 0 &&
           c.second < 60 && c.millisecond >= 0 && c.millisecond < 1000));
  }
}

TEST_CASE("random text is no time or a time, and never worse") {
  constexpr std::string_view alphabet = "0123456789-:TZ+., @amponMayJun/";
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    random draw{seed};
    std::string text;
    for (std::size_t n = draw.below(30); n > 0; --n)
      text.push_back(alphabet[draw.below(alphabet.size())]);
    if (const auto t = parse_time(text)) CHECK(parse_time(format_time(*t)) == t);
  }
}

TEST_SUITE_END();

} // namespace engram::base

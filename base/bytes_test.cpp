#include "base/bytes.hpp"

#include "tests/support/doctest.hpp"

#include <limits>

namespace engram::base {

using namespace std::string_view_literals;

TEST_SUITE_BEGIN("base");

TEST_CASE("integers are little endian, and big endian where a key must sort") {
  writer out;
  out.u8(1);
  out.u16(0x0203);
  out.u32(0x04050607);
  out.u32_be(0x04050607);
  out.u64_be(0x08);
  out.f32(1.0f);

  CHECK(to_hex(out.view()) == "01"
                              "0302"
                              "07060504"
                              "04050607"
                              "0000000000000008"
                              "0000803f");
}

TEST_CASE("variable-length integers have one encoding each") {
  writer out;
  out.var(0);
  out.var(127);
  out.var(128);
  out.var(std::numeric_limits<std::uint64_t>::max());
  CHECK(to_hex(out.view()) == "00"
                              "7f"
                              "8001"
                              "ffffffffffffffffff01");

  for (const auto padded : {"\x80\x00"sv, "\xff\x80\x00"sv}) {
    reader in{padded};
    CHECK(in.var() == 0);
    CHECK(in.bad());
  }
}

TEST_CASE("a variable-length integer beyond 64 bits is refused") {
  reader eleven{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv};
  eleven.var();
  CHECK(eleven.bad());

  reader too_large{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv};
  too_large.var();
  CHECK(too_large.bad());
}

TEST_CASE("small numbers of either sign stay small in zigzag") {
  writer out;
  for (const std::int64_t n : {0, -1, 1, -2}) out.zigzag(n);
  out.zigzag(std::numeric_limits<std::int64_t>::min());
  CHECK(to_hex(out.view()) == "00010203ffffffffffffffffff01");

  reader in{out.view()};
  for (const std::int64_t n : {0, -1, 1, -2}) CHECK(in.zigzag() == n);
  CHECK(in.zigzag() == std::numeric_limits<std::int64_t>::min());
  CHECK(in.done());
}

TEST_CASE("a short read is bad for good and yields zero") {
  reader in{"\x01\x02\x03"sv};

  CHECK(in.u32() == 0);
  CHECK(in.bad());
  CHECK(in.u8() == 0);
  CHECK_FALSE(in.done());
}

TEST_CASE("a field longer than what is left is refused, however large its length") {
  for (const auto cut : {"\x05"
                         "abcd"sv,
                         "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
                         "a"sv}) {
    reader in{cut};
    CHECK(in.field().empty());
    CHECK(in.bad());
  }
}

TEST_CASE("bytes left over are noticed") {
  reader in{"\x01\x02"sv};
  in.u8();
  CHECK_FALSE(in.bad());
  CHECK(in.left() == 1);
  CHECK_FALSE(in.done());
}

TEST_CASE("hex text survives a round trip and anything else is refused") {
  CHECK(from_hex("00fFa1") == "\x00\xff\xa1"sv);
  CHECK(to_hex("\x00\xff\xa1"sv) == "00ffa1");
  CHECK_FALSE(from_hex("0"));
  CHECK_FALSE(from_hex("0g"));
  CHECK(from_hex("") == "");
}

TEST_CASE("well-formed UTF-8 passes up to the last code point") {
  CHECK_FALSE(invalid_utf8_at(""));
  CHECK_FALSE(invalid_utf8_at("pl\xC3\xA4in"));
  CHECK_FALSE(invalid_utf8_at("\xED\x9F\xBF \xEE\x80\x80"));         // around the surrogates
  CHECK_FALSE(invalid_utf8_at("\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF")); // U+10000, U+10FFFF
  CHECK_FALSE(invalid_utf8_at("\0"sv));
}

TEST_CASE("malformed UTF-8 is named by the position where it begins") {
  CHECK(invalid_utf8_at("a\x80") == 1);            // a continuation alone
  CHECK(invalid_utf8_at("ab\xC0\xAF") == 2);       // overlong
  CHECK(invalid_utf8_at("\xE0\x80\xAF") == 0);     // overlong
  CHECK(invalid_utf8_at("\xF0\x8F\xBF\xBF") == 0); // overlong
  CHECK(invalid_utf8_at("x\xED\xA0\x80") == 1);    // surrogate
  CHECK(invalid_utf8_at("\xF4\x90\x80\x80") == 0); // beyond U+10FFFF
  CHECK(invalid_utf8_at("\xF5\x80\x80\x80") == 0); // no such lead
  CHECK(invalid_utf8_at("abc\xE2\x82") == 3);      // cut
  CHECK(invalid_utf8_at("\xE2\x28\xA1") == 0);     // not a continuation
}

TEST_SUITE_END();

} // namespace engram::base

#include "base/fields.hpp"

#include "base/random.hpp"
#include "tests/support/doctest.hpp"

namespace engram::base {

TEST_SUITE_BEGIN("base");

TEST_CASE("fields come back as they were written, and defaults cost no bytes") {
  field_writer out;
  out.number(1, 0);
  out.text(2, "");
  out.hash(3, {});
  out.signed_number(4, 0);
  CHECK(std::move(out).take().empty());

  random seeded(7);
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t number = seeded.next() >> seeded.below(64);
    const auto with_sign = static_cast<std::int64_t>(seeded.next()) >> seeded.below(63);
    const hash128 hash = seeded.hash();
    const std::string text(seeded.below(300), static_cast<char>('a' + seeded.below(26)));
    field_writer fields;
    fields.number(0, number);
    fields.text(5, text);
    fields.hash(6, hash);
    fields.signed_number(31, with_sign);
    const std::string bytes = std::move(fields).take();

    field_reader in(bytes);
    CHECK(in.number(0) == number);
    CHECK(in.text(5) == text);
    CHECK(in.hash(6) == hash);
    CHECK(in.signed_number(31) == with_sign);
    CHECK(in.finish("row"));
  }
}

TEST_CASE("a field that nobody asked for is an unsupported format, whatever its tag") {
  for (const std::uint8_t tag : {std::uint8_t{3}, std::uint8_t{31}, std::uint8_t{200}}) {
    writer out;
    out.u8(tag);
    out.field("x");
    field_reader in(out.view());
    CHECK(in.text(1).empty());
    const auto verdict = in.finish("row");
    REQUIRE(!verdict);
    CHECK(verdict.error().code == errc::unsupported_format);
  }
}

TEST_CASE(
    "bytes that no writer writes are corrupt: falling tags, empty fields, cuts, long numbers") {
  const auto verdict = [](std::string_view bytes) {
    field_reader in(bytes);
    (void)in.number(1);
    (void)in.number(2);
    return in.finish("row");
  };
  const auto is_corrupt = [&](std::string_view bytes) {
    const auto result = verdict(bytes);
    return !result && result.error().code == errc::corrupt;
  };
  using namespace std::string_view_literals;
  CHECK(verdict("\x01\x01\x05\x02\x01\x06"sv));
  CHECK(is_corrupt("\x02\x01\x06\x01\x01\x05"sv)); // tags fall
  CHECK(is_corrupt("\x01\x01\x05\x01\x01\x05"sv)); // a tag twice
  CHECK(is_corrupt("\x01\x00"sv));                 // empty
  CHECK(is_corrupt("\x01\x05\x05"sv));             // cut
  CHECK(is_corrupt("\x01\x01\x00"sv));             // the default, written out
  CHECK(is_corrupt("\x01\x02\x05\x05"sv));         // bytes behind the number
}

TEST_CASE("random bytes never crash the reader") {
  random seeded(11);
  for (int round = 0; round < 5'000; ++round) {
    std::string bytes(seeded.below(40), '\0');
    for (char& byte : bytes) byte = static_cast<char>(seeded.below(8));
    field_reader in(bytes);
    (void)in.number32(0);
    (void)in.hash(2);
    (void)in.signed_number(3);
    const auto verdict = in.finish("random");
    if (!verdict) CHECK(verdict.error().code != errc::ok);
  }
}

TEST_SUITE_END();

} // namespace engram::base

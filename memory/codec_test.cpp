#include "memory/codec.hpp"

#include "base/bytes.hpp"
#include "tests/support/doctest.hpp"

namespace engram::memory {
namespace {

episode full_episode() {
  episode e;
  e.id = "m1";
  e.text = "Ada saw a kiwi.";
  e.title = "Kiwi";
  e.speaker = "Ada";
  e.who = {"Ada", "Bo"};
  e.place = "zoo";
  e.session = "s1";
  e.tags = {"bird"};
  e.when = base::instant{1'683'554'160'000};
  e.embedding = embedding{{127, -3, 0}, 0.5f};
  e.confidence = steps_to_unit(32768);
  e.order = -2;
  return e;
}

/// One of each kind, in canonical form.
std::vector<operation> samples() {
  const association link{"a", "b", "hypernym", steps_to_unit(16384)};
  return {remember_op{full_episode()},        associate_op{link},
          forget_op{"a", forget_mode::erase}, access_op{{{{1, 2}}, {{3, 4}}}, {1'683'554'160'000}},
          configure_op{"decay.floor", "0.1"}, purge_op{{{{1, 2}}, {{3, 4}}}}};
}

std::string appended(std::string bytes, std::string_view more) { return bytes.append(more); }

std::string hex(const operation& what) { return base::to_hex(encode(what).payload); }

TEST_SUITE("memory") {

  TEST_CASE("the encoding of every operation is what it always was") {
    const auto all = samples();
    CHECK(hex(all[0]) ==
          "0101026d31020f416461207361772061206b6977692e03044b697769040341646105070341646102"
          "426f06037a6f6f0702733108050462697264090680b6aebaff610a070000003f7ffd000b0200800c"
          "0103");
    CHECK(hex(all[1]) == "02010161020162030868797065726e796d04020040");
    CHECK(hex(all[2]) == "03010161020103");
    CHECK(hex(all[3]) ==
          "04012000000000000000010000000000000002000000000000000300000000000000040205e0fdc7"
          "c50c");
    CHECK(hex(all[4]) == "05010b64656361792e666c6f6f720203302e31");
    CHECK(hex(all[5]) == "0601200000000000000001000000000000000200000000000000030000000000000004");
    CHECK(encode(all[0]).content.hex() == "f68ce81e298eef1e253cdbae22e5fdfe");
  }

  TEST_CASE("what holds its default takes no byte") {
    episode e;
    e.id = std::string("a");
    e.text = std::string("b");
    operation what = remember_op{e};
    canonicalise(what);
    CHECK(hex(what) == "01010161020162");
  }

  TEST_CASE("an operation comes back from its bytes as it went") {
    for (const auto& what : samples()) {
      const encoded bytes = encode(what);
      const auto back = decode(kind_of(what), bytes.payload);
      REQUIRE(back);
      CHECK(encode(*back).payload == bytes.payload);
      CHECK(content_hash(*back) == bytes.content);
    }
    const auto back = decode(entry_kind::remember, encode(samples()[0]).payload);
    const episode& e = std::get<remember_op>(*back).what;
    const episode given = full_episode();
    CHECK(e.id == given.id);
    CHECK(e.text == given.text);
    CHECK(e.who == given.who);
    CHECK(e.when == given.when);
    CHECK(e.embedding == given.embedding);
    CHECK(e.confidence == given.confidence);
    CHECK(e.order == -2);
  }

  TEST_CASE("1970 is a time, and no time is none") {
    episode e = full_episode();
    e.when = base::instant{0};
    auto back = decode(entry_kind::remember, encode(remember_op{e}).payload);
    CHECK(std::get<remember_op>(*back).what.when == base::instant{0});
    e.when.reset();
    back = decode(entry_kind::remember, encode(remember_op{e}).payload);
    CHECK_FALSE(std::get<remember_op>(*back).what.when.has_value());
  }

  TEST_CASE("every client-given field but the order is under the content hash") {
    const base::hash128 content = encode(remember_op{full_episode()}).content;
    const auto differs = [&](auto change) {
      episode e = full_episode();
      change(e);
      return encode(remember_op{e}).content != content;
    };
    CHECK(differs([](episode& e) { e.id += "2"; }));
    CHECK(differs([](episode& e) { e.text += "!"; }));
    CHECK(differs([](episode& e) { e.title.clear(); }));
    CHECK(differs([](episode& e) { e.speaker += "!"; }));
    CHECK(differs([](episode& e) { e.who = {"Ada"}; }));
    CHECK(differs([](episode& e) { e.place.clear(); }));
    CHECK(differs([](episode& e) { e.session += "2"; }));
    CHECK(differs([](episode& e) { e.tags = {}; }));
    CHECK(differs([](episode& e) { e.when->ms += 1; }));
    CHECK(differs([](episode& e) { e.embedding->values[2] = 1; }));
    CHECK(differs([](episode& e) { e.embedding->scale = 0.25f; }));
    CHECK(differs([](episode& e) { e.confidence = 1; }));
    CHECK_FALSE(differs([](episode& e) { e.order = 77; }));
  }

  TEST_CASE("a field of a newer version is refused as such, a second encoding as corrupt") {
    const std::string bytes = encode(remember_op{full_episode()}).payload;
    CHECK(decode(entry_kind::remember, appended(bytes, "\x0D\x01x")).error().code ==
          base::errc::unsupported_format);
    CHECK(decode(entry_kind::remember, appended(bytes, "\x01\x01x")).error().code ==
          base::errc::corrupt);
    CHECK(decode(entry_kind::forget, bytes).error().code == base::errc::corrupt);
    const auto kind = static_cast<entry_kind>(7);
    CHECK(decode(kind, std::string(1, 7)).error().code == base::errc::unsupported_format);
  }

  TEST_CASE("confidence keeps sixteen bits and the default is one of them") {
    CHECK(unit_to_steps(0) == 0);
    CHECK(unit_to_steps(1) == 65535);
    for (std::uint32_t s = 0; s <= 65535; ++s)
      if (unit_to_steps(steps_to_unit(static_cast<std::uint16_t>(s))) != s) FAIL_CHECK(s);
  }

} // TEST_SUITE
} // namespace
} // namespace engram::memory

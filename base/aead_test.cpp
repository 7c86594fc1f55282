#include "base/aead.hpp"

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "tests/support/doctest.hpp"

namespace engram::base {
namespace {

const std::string KEY_A = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
const std::string KEY_B(64, 'b');

key_ring ring(std::vector<std::string> keys) {
  auto made = key_ring::parse(keys);
  REQUIRE(made);
  return *std::move(made);
}

using nonce_bytes = std::array<std::uint8_t, AEAD_NONCE_BYTES>;

nonce_bytes counting(std::uint8_t first) {
  nonce_bytes out;
  for (std::uint8_t& each : out) each = first++;
  return out;
}

} // namespace

TEST_SUITE_BEGIN("base");

TEST_CASE("sealed bytes are those of the standard's example") {
  // draft-irtf-cfrg-xchacha-03, A.3.1
  const std::string plain = "Ladies and Gentlemen of the class of '99: If I could offer you only "
                            "one tip for the future, sunscreen would be it.";
  const std::string associated = *from_hex("50515253c0c1c2c3c4c5c6c7");
  const std::string sealed = ring({KEY_A}).seal(counting(0x40), plain, associated);
  CHECK(to_hex(sealed) == "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
                          "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
                          "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
                          "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780a"
                          "cf49");
}

TEST_CASE("the first key seals and every key opens, so that a key can be changed in three steps") {
  const key_ring old = ring({KEY_A}), both = ring({KEY_A, KEY_B}), turned = ring({KEY_B, KEY_A}),
                 fresh = ring({KEY_B});
  const nonce_bytes once = counting(1);
  const auto passes = [&](const key_ring& from, const key_ring& to) {
    return to.open(once, from.seal(once, "hello", "x"), "x") == "hello";
  };
  CHECK((passes(old, both) && passes(both, old)));
  CHECK((passes(both, turned) && passes(turned, both)));
  CHECK((passes(turned, fresh) && passes(fresh, turned)));
  CHECK_FALSE(passes(old, fresh));
  CHECK_FALSE(passes(fresh, old));
}

TEST_CASE("no changed bit in text, tag, nonce or association is overlooked") {
  const key_ring keys = ring({KEY_A, KEY_B});
  const nonce_bytes once = counting(9);
  const std::string sealed = keys.seal(once, "a memory", "of a cluster");
  REQUIRE(keys.open(once, sealed, "of a cluster") == "a memory");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string flipped = sealed;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(keys.open(once, flipped, "of a cluster"));
  }
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    CHECK_FALSE(keys.open(once, sealed.substr(0, length), "of a cluster"));
  }
  CHECK_FALSE(keys.open(counting(8), sealed, "of a cluster"));
  CHECK_FALSE(keys.open(once, sealed, "of a clusteR"));
  CHECK_FALSE(key_ring().open(once, sealed, "of a cluster"));
}

TEST_CASE("bytes of any length come back, the empty ones too") {
  const key_ring keys = ring({KEY_B});
  random seeded(3);
  for (std::size_t length = 0; length < 300; ++length) {
    std::string plain(length, '\0');
    for (char& each : plain) each = static_cast<char>(seeded.next());
    const nonce_bytes once = counting(static_cast<std::uint8_t>(length));
    CHECK(keys.open(once, keys.seal(once, plain, ""), "") == plain);
  }
}

TEST_CASE("a key that is not 64 hex digits, is given twice, or is one too many is refused") {
  const auto refused = [](std::vector<std::string> keys) {
    const auto made = key_ring::parse(keys);
    return !made && made.error().code == errc::invalid_argument &&
           made.error().context.find(KEY_A.substr(0, 16)) == std::string::npos;
  };
  CHECK(refused({""}));
  CHECK(refused({KEY_A.substr(1)}));
  CHECK(refused({KEY_A + "00"}));
  CHECK(refused({KEY_A.substr(0, 63) + "x"}));
  CHECK(refused({KEY_A, KEY_B, KEY_A}));
  std::vector<std::string> many;
  for (std::size_t i = 0; i <= key_ring::KEYS_MAX; ++i) {
    many.push_back(std::string(63, '0') + static_cast<char>('0' + i));
  }
  CHECK(refused(many));
  many.pop_back();
  CHECK(ring(many).keys().size() == key_ring::KEYS_MAX);
}

TEST_CASE("a fingerprint tells keys apart and gives none away") {
  const auto a = *aead_key::parse(KEY_A), b = *aead_key::parse(KEY_B);
  CHECK(a.fingerprint().size() == 8);
  CHECK(a.fingerprint() != b.fingerprint());
  CHECK(KEY_A.find(a.fingerprint()) == std::string::npos);
}

TEST_SUITE_END();

} // namespace engram::base

#include "base/hash.hpp"

#include "base/id.hpp"
#include "base/random.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>
#include <vector>

namespace engram::base {

TEST_SUITE_BEGIN("base");

TEST_CASE("digests are those of BLAKE2b with 16 bytes, keyed or not") {
  // Reference: Python's hashlib.blake2b(digest_size=16).
  CHECK(digest128{}.add("abc").finish().hex() == "cf4ab791c62b8d2b2109c90275287816");
  CHECK(digest128{"key"}.add("abc").finish().hex() == "2cf02ae16ac225ee731f9d359d8a1c38");
}

TEST_CASE("the cuts between pieces do not change a digest") {
  const std::string text(1000, 'x');
  const hash128 whole = digest128{}.add(text).finish();

  random draw{7};
  for (int round = 0; round < 50; ++round) {
    digest128 pieces;
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t n = 1 + draw.below(rest.size());
      pieces.add(rest.substr(0, n));
      rest.remove_prefix(n);
    }
    CHECK(pieces.finish() == whole);
  }
}

TEST_CASE("fields are separated, so moving a byte between them changes the digest") {
  const hash128 one = digest128{}.add_field("ab").add_field("c").finish();
  const hash128 two = digest128{}.add_field("a").add_field("bc").finish();

  CHECK(one != two);
}

TEST_CASE("numbers enter a digest as eight little-endian bytes, hashes as sixteen big-endian") {
  using namespace std::string_view_literals;
  CHECK(digest128{}.add(std::uint64_t{0x0102}).finish() ==
        digest128{}.add("\x02\x01\0\0\0\0\0\0"sv).finish());
  CHECK(digest128{}.add(hash128{1, 2}).finish() ==
        digest128{}.add("\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2"sv).finish());
}

TEST_CASE("fast hashes are XXH3's") {
  CHECK(fast_hash64("abc") == 0x78af5f94892f3950u);
  CHECK(fast_hash128("abc").hex() == "06b05ab6733a618578af5f94892f3950");
  CHECK(fast_hash64("abc", 1) != fast_hash64("abc"));
}

TEST_CASE("a hash survives its text and its bytes, and its bytes sort as it does") {
  random draw{1};
  for (int i = 0; i < 1000; ++i) {
    const hash128 a = draw.hash(), b = draw.hash();

    hash128 parsed;
    REQUIRE(hash128::parse(a.hex(), parsed));
    CHECK(parsed == a);
    CHECK(hash128::from_bytes(a.bytes()) == a);
    CHECK((a < b) == (a.bytes() < b.bytes()));
  }
}

TEST_CASE("a text that is not 32 hex digits is no hash and leaves the target alone") {
  hash128 target{1, 2};
  CHECK_FALSE(hash128::parse("", target));
  CHECK_FALSE(hash128::parse("06b05ab6733a618578af5f94892f395", target));
  CHECK_FALSE(hash128::parse("06b05ab6733a618578af5f94892f395g", target));
  CHECK(target == hash128{1, 2});
}

TEST_CASE("a sum of hashes does not depend on order and can be taken back") {
  random draw{3};
  std::vector<hash128> items(100);
  for (hash128& item : items) item = draw.hash();
  hash128 forward, backward;
  for (const hash128& item : items) forward += item;

  std::reverse(items.begin(), items.end());
  for (const hash128& item : items) backward += item;
  CHECK(forward == backward);

  for (const hash128& item : items) backward -= item;
  CHECK(backward.is_zero());
}

TEST_SUITE_END();

} // namespace engram::base

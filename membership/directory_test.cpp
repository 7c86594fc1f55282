#include "membership/api_key.hpp"
#include "membership/directory.hpp"

#include "base/bytes.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>

using namespace engram;
using namespace engram::membership;

namespace {

create_space_op space(std::string name, std::uint32_t generation = 1, std::uint32_t dimension = 0) {
  return {space_name{std::move(name), generation, dimension, "english"}};
}

struct seeded_entropy final : base::entropy {
  base::random random{42};
  base::hash128 draw() override { return random.hash(); }
};

} // namespace

TEST_CASE("a space's identity depends on everything it promises to depend on") {
  const space_name what{"notes", 1, 0, "english"};
  for (const auto& other :
       {space_name{"note", 1, 0, "english"}, space_name{"notes", 2, 0, "english"},
        space_name{"notes", 1, 8, "english"}, space_name{"notes", 1, 0, "none"}})
    CHECK(other.identity() != what.identity());
  CHECK(space_name(what).identity() == what.identity());
}

TEST_CASE("equal concurrent creations are one space, with the earlier stamp") {
  directory d;
  d.apply(space("notes"), base::hlc{9}, {});
  d.apply(space("notes"), base::hlc{5}, {});
  CHECK(d.resolvable().size() == 1);
  CHECK(d.resolve("notes")->created == base::hlc{5});
}

TEST_CASE("of unequal concurrent creations both exist and the name means the earlier") {
  directory d;
  d.apply(space("notes", 1, 8), base::hlc{9}, {});
  d.apply(space("notes", 1, 0), base::hlc{5}, {});
  CHECK(d.resolve("notes")->what.dimension == 0);
  CHECK(d.find(space("notes", 1, 8).what.identity()) != nullptr);
  d.apply(drop_space_op{space("notes").what.identity(), "notes"}, base::hlc{10}, {});
  CHECK(d.resolve("notes")->what.dimension == 8);
}

TEST_CASE(
    "a drop wins over its creation in either order, and the next generation is another space") {
  directory d;
  d.apply(drop_space_op{space("notes").what.identity(), "notes"}, base::hlc{1}, {});
  d.apply(space("notes"), base::hlc{2}, {});
  CHECK(d.resolve("notes") == nullptr);
  CHECK(d.dropped(space("notes").what.identity()));
  CHECK(d.next_generation("notes") == 2);
  d.apply(space("notes", 2), base::hlc{3}, {});
  CHECK(d.resolve("notes")->what.generation == 2);
}

TEST_CASE("a creation is admitted once, refused for another specification or a malformed name") {
  directory d;
  d.apply(space("notes"), base::hlc{2}, {});
  CHECK(d.admit_create("notes", 0, "english")->has_value());
  CHECK(d.admit_create("notes", 8, "english").error().code == base::errc::space_exists);
  CHECK_FALSE(d.admit_create("other", 0, "english")->has_value());
  for (const auto& name :
       {std::string(), std::string("-a"), std::string("A"), std::string("_cluster"),
        std::string("a b"), std::string(65, 'a'), std::string("\xc3\xa9")})
    CHECK(d.admit_create(name, 0, "english").error().code == base::errc::invalid_name);
  CHECK(d.admit_create(std::string(64, 'a'), 0, "english"));
}

TEST_CASE("a secret opens its own key only, and is not kept") {
  seeded_entropy entropy;
  const auto key = draw_key("ci", key_scope::write, {"b", "a", "b"}, base::instant{5}, entropy);
  const auto other = draw_key("ci", key_scope::write, {}, base::instant{5}, entropy);
  CHECK(key.op.spaces == std::vector<std::string>{"a", "b"});
  CHECK(key_id_of(key.secret) == key.op.id);
  CHECK(opens(key.op, key.secret));
  CHECK_FALSE(opens(key.op, other.secret));
  CHECK_FALSE(opens(key.op, key.secret.substr(1)));
  CHECK(encode(directory_op{key.op}).find(key.secret.substr(24)) == std::string::npos);
  for (const auto* malformed : {"", "engram_", "x"}) CHECK_FALSE(key_id_of(malformed));
}

TEST_CASE("a revocation holds before and after the key is known") {
  seeded_entropy entropy;
  const auto key = draw_key("ci", key_scope::read, {}, base::instant{5}, entropy);
  directory d;
  d.apply(revoke_key_op{key.op.id}, base::hlc{1}, {});
  CHECK(d.key(key.op.id) == nullptr);
  d.apply(key.op, base::hlc{2}, {});
  CHECK(d.key(key.op.id)->revoked);
  CHECK(d.keys().size() == 1);
}

TEST_CASE("a member is retired once and stays so over a restart") {
  directory d;
  const base::store_id who{base::hash128{1, 2}};
  CHECK_FALSE(d.retired(who));
  const auto items = d.apply(retire_member_op{who}, base::hlc{1}, {});
  REQUIRE(items.size() == 1);
  CHECK(d.apply(retire_member_op{who}, base::hlc{2}, {}).empty());
  directory reopened;
  REQUIRE(reopened.load(items[0].key, items[0].value));
  CHECK(reopened.retired(who));
  CHECK(reopened.state_hash() == d.state_hash());
}

TEST_CASE("unknown kinds and fields stop, they are not skipped") {
  CHECK(decode_directory_op(99, "").error().code == base::errc::unsupported_format);
  CHECK(decode_directory_op(35, std::string("\x01\x01k\x09\x01x", 6)).error().code ==
        base::errc::unsupported_format);
  CHECK(decode_directory_op(35, std::string("\x02\x01k\x01\x01x", 6)).error().code ==
        base::errc::corrupt);
}

TEST_CASE("entries keep their bytes") {
  CHECK(base::to_hex(encode(directory_op{space("notes", 2, 8)})) ==
        "01056e6f7465730201020301080407656e676c697368");
  CHECK(base::to_hex(encode(directory_op{revoke_key_op{"ab"}})) == "01026162");
  CHECK(base::to_hex(encode(directory_op{raise_level_op{300}})) == "0102ac02");
  const retire_member_op retire{base::store_id{base::hash128{0x0102030405060708, 9}}};
  CHECK(static_cast<int>(kind_of(directory_op{retire})) == 37);
  CHECK(base::to_hex(encode(directory_op{retire})) == "011001020304050607080000000000000009");
}

TEST_CASE("an item under another's key is corrupt") {
  directory d;
  const auto items = d.apply(space("notes"), base::hlc{2}, {});
  REQUIRE(items.size() == 1);
  directory fresh;
  auto key = items[0].key;
  key.back() = static_cast<char>(key.back() ^ 1);
  CHECK(fresh.load(key, items[0].value).error().code == base::errc::corrupt);
  CHECK(fresh.load(items[0].key, items[0].value));
  CHECK(fresh.state_hash() == d.state_hash());
}

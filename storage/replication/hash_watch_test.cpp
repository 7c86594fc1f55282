#include "storage/replication/hash_watch.hpp"

#include "tests/support/doctest.hpp"

namespace engram::storage {
namespace {

const base::space_id SPACE{{1, 2}};
const base::store_id A{{0, 1}}, B{{0, 2}}, C{{0, 3}};
constexpr std::uint64_t DIGEST = 77;

state_account account_of(std::uint64_t value, bool whole) {
  state_account out;
  out.kept = {{value, 0}, {0, 5}};
  if (whole) out.made = out.kept;
  return out;
}

base::instant at(std::int64_t s) { return {s * 1000}; }

/// What a replica in such a state says of it when asked for the first time.
message::state_hashes said_of(std::uint64_t value) {
  hash_watch other(SPACE, {});
  other.agrees(A, DIGEST, at(0));
  other.wish(at(0));
  auto found = other.took(account_of(value, false), DIGEST, DIGEST, 2, at(0));
  REQUIRE(found.send.size() == 1);
  return std::get<message::state_hashes>(found.send[0].what);
}

TEST_SUITE_BEGIN("storage");

TEST_CASE("a peer is told of a vector once, in one hash, and again after a while") {
  hash_watch watch(SPACE, {});
  watch.agrees(B, DIGEST, at(0));
  CHECK(watch.wish(at(0)) == account_wish::kept);
  CHECK(watch.wish(at(1)) == account_wish::none); // it is being read
  const auto found = watch.took(account_of(1, false), DIGEST, DIGEST, 2, at(1));
  REQUIRE(found.send.size() == 1);
  CHECK(std::get<message::state_hashes>(found.send[0].what).buckets.size() == 1);
  watch.agrees(B, DIGEST, at(100));
  CHECK(watch.wish(at(100)) == account_wish::none);
  watch.agrees(B, DIGEST, at(700));
  CHECK(watch.wish(at(700)) == account_wish::kept);
}

TEST_CASE("sums that were read at another vector are compared later") {
  hash_watch watch(SPACE, {});
  watch.agrees(B, DIGEST, at(0));
  watch.wish(at(0));
  CHECK(watch.took(account_of(1, false), DIGEST + 1, DIGEST, 2, at(0)).send.empty());
  watch.agrees(B, DIGEST, at(11));
  CHECK(watch.wish(at(11)) == account_wish::kept);
}

TEST_CASE("who differs sends all sums and sums its items again; damaged ones are not trusted") {
  hash_watch watch(SPACE, {});
  watch.heard(B, said_of(2));
  REQUIRE(watch.wish(at(0)) == account_wish::kept);
  const auto found = watch.took(account_of(1, false), DIGEST, DIGEST, 2, at(0));
  REQUIRE(found.send.size() == 1);
  CHECK(std::get<message::state_hashes>(found.send[0].what).buckets.size() == 2);
  REQUIRE(watch.wish(at(1)) == account_wish::whole);
  auto damaged = account_of(1, true);
  damaged.made[1].low ^= 1;
  CHECK(watch.took(damaged, DIGEST, DIGEST, 2, at(1)).distrust);
  CHECK(watch.damage_found() == 1);
}

TEST_CASE("whole copies that differ are counted; only a majority that agrees is believed") {
  hash_watch watch(SPACE, {});
  const auto step = [&](const base::store_id& peer, std::uint64_t value) {
    watch.heard(peer, said_of(value));
    REQUIRE(watch.wish(at(0)) == account_wish::kept);
    watch.took(account_of(1, false), DIGEST, DIGEST, 2, at(0));
    REQUIRE(watch.wish(at(0)) == account_wish::whole);
    return watch.took(account_of(1, true), DIGEST, DIGEST, 2, at(0)).distrust;
  };
  CHECK_FALSE(step(B, 2));
  CHECK_FALSE(step(C, 3));
  CHECK(watch.diverged() == 1);
  CHECK(step(C, 2));
}

TEST_SUITE_END();

} // namespace
} // namespace engram::storage

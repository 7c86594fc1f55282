#include "storage/replication/erasures.hpp"

#include "tests/support/doctest.hpp"

using namespace engram;
using namespace engram::storage;

namespace {
const base::store_id SELF{{0, 1}}, PEER{{0, 2}}, OTHER{{0, 3}};
const base::origin_id ORIGIN{{0, 9}};

log_vector up_to(std::uint64_t sequence) {
  log_vector out;
  out.raise(ORIGIN, {sequence, {1, sequence}});
  return out;
}
} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("what came erased is open until all that its sender held is here") {
  erasures open;
  CHECK_FALSE(open.is_open(up_to(1)));
  open.came_from(PEER);
  CHECK(open.is_open(up_to(1)));
  open.heard(OTHER, up_to(1)); // another explains nothing
  CHECK(open.is_open(up_to(1)));
  open.heard(PEER, up_to(3));
  open.heard(PEER, up_to(9)); // what it applied later explains nothing that came before
  CHECK(open.is_open(up_to(2)));
  CHECK_FALSE(open.is_open(up_to(3)));
  open.settle(up_to(3));
  CHECK_FALSE(open.is_open({}));
}

TEST_CASE("a sender that holds what is held here has explained all; one that is lost nothing") {
  erasures open;
  open.came_from(PEER);
  open.is_level(PEER);
  CHECK_FALSE(open.is_open({}));
  CHECK_FALSE(open.lost(PEER));
  open.came_from(PEER);
  CHECK_FALSE(open.lost(OTHER));
  CHECK(open.lost(PEER));
}

TEST_CASE("after a restart nobody knows whose bodies came erased: every replica is asked") {
  erasures open;
  open.restore({SELF, PEER, OTHER}, SELF);
  open.heard(PEER, up_to(1));
  CHECK(open.is_open(up_to(1)));
  open.heard(OTHER, up_to(2));
  CHECK(open.is_open(up_to(1)));
  CHECK_FALSE(open.is_open(up_to(2)));
}

TEST_SUITE_END();

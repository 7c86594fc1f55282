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

base::instant at(std::int64_t ms) { return base::instant{ms}; }
} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("what came erased is open until all that its sender held is here") {
  erasures open;
  CHECK_FALSE(open.is_open(up_to(1)));
  open.came_from(PEER, at(0));
  CHECK(open.is_open(up_to(1)));
  open.heard(OTHER, up_to(1), at(0)); // another explains nothing
  CHECK(open.is_open(up_to(1)));
  open.heard(PEER, up_to(3), at(0));
  open.heard(PEER, up_to(9), at(0)); // what it applied later explains nothing that came before
  CHECK(open.is_open(up_to(2)));
  CHECK_FALSE(open.is_open(up_to(3)));
  open.settle(up_to(3));
  CHECK_FALSE(open.is_open({}));
}

TEST_CASE("a sender that holds what is held here has explained all") {
  erasures open;
  open.came_from(PEER, at(1));
  open.is_level(PEER);
  CHECK_FALSE(open.is_open({}));
}

TEST_CASE("how long is waited for an explanation counts from the oldest that is still missing") {
  erasures open;
  CHECK_FALSE(open.open_since());
  open.came_from(PEER, at(10));
  open.came_from(PEER, at(20)); // the same vector explains both
  CHECK(open.open_since() == at(10));
  open.heard(PEER, up_to(3), at(30));
  CHECK(open.open_since() == at(30)); // it spoke, and what it said may come now
  open.came_from(OTHER, at(40));
  open.settle(up_to(3));
  CHECK(open.open_since() == at(40));
  open.forgive();
  CHECK_FALSE(open.is_open({}));
}

TEST_CASE("after a restart nobody knows whose bodies came erased: every replica is asked") {
  erasures open;
  open.restore({SELF, PEER, OTHER}, SELF, at(0));
  open.heard(PEER, up_to(1), at(0));
  CHECK(open.is_open(up_to(1)));
  open.heard(OTHER, up_to(2), at(0));
  CHECK(open.is_open(up_to(1)));
  CHECK_FALSE(open.is_open(up_to(2)));
}

TEST_SUITE_END();

#include "membership/swim/awareness.hpp"
#include "membership/swim/gossip_queue.hpp"
#include "membership/swim/suspicion.hpp"
#include "tests/support/doctest.hpp"

namespace engram::membership {
namespace {

base::store_id id(std::uint64_t n) { return {{n, n}}; }

update news(std::uint64_t about, std::uint64_t incarnation = 1) {
  update out;
  out.about.id = id(about);
  out.about.incarnation = incarnation;
  return out;
}

} // namespace

TEST_SUITE_BEGIN("membership");

TEST_CASE("a suspicion shrinks with each independent confirmation, from six times to once") {
  const swim_config config; // shortest: 4 probe intervals among ten
  suspicion s(config, 10, id(1), base::instant{0});
  CHECK(s.deadline() == base::instant{24'000});
  CHECK_FALSE(s.confirm(id(1))); // the accuser again
  CHECK(s.confirm(id(2)));
  // 24 - 20 * log 2 / log 3
  CHECK(s.deadline().ms == doctest::Approx(11'381).epsilon(0.001));
  CHECK_FALSE(s.confirm(id(2)));
  CHECK(s.confirm(id(3)));
  CHECK(s.deadline() == base::instant{4'000});
  CHECK_FALSE(s.confirm(id(4))); // enough
}

TEST_CASE("among too few to confirm, a suspicion lasts the shortest time at once") {
  const swim_config config;
  CHECK(suspicion(config, 3, id(1), base::instant{0}).deadline() == base::instant{4'000});
}

TEST_CASE("larger clusters wait longer, by the logarithm of their size") {
  const swim_config config;
  CHECK(suspicion_min(config, 5) == base::duration{4'000});
  CHECK(suspicion_min(config, 100).count() == doctest::Approx(8'000).epsilon(0.001));
  CHECK(suspicion_min(config, 1'000).count() == doctest::Approx(12'000).epsilon(0.001));
}

TEST_CASE("the queue sends what was sent least, among equals the newest, and each often enough") {
  gossip_queue queue;
  queue.push(news(1));
  queue.push(news(2));
  auto first = queue.take(1, 3);
  REQUIRE(first.size() == 1);
  CHECK(first[0].about.id == id(2));
  CHECK(queue.take(1, 3)[0].about.id == id(1));
  for (int i = 0; i < 4; ++i) queue.take(1, 3);
  CHECK(queue.empty());
}

TEST_CASE("a newer claim about a member takes the place of the older") {
  gossip_queue queue;
  queue.push(news(1, 1));
  queue.take(5, 3);
  queue.push(news(1, 2));
  CHECK(queue.size() == 1);
  const auto sent = queue.take(5, 3);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].about.incarnation == 2);
}

TEST_CASE("an update is sent a number of times that grows with the digits of the cluster's size") {
  CHECK(transmissions_of(4, 6, 5) == 6);
  CHECK(transmissions_of(4, 6, 99) == 8);
  CHECK(transmissions_of(4, 6, 1'000) == 16);
}

TEST_CASE("doubt about oneself stretches timeouts, is bounded, and fades") {
  awareness doubt(8);
  CHECK(doubt.factor() == 1);
  doubt.worsen(3);
  CHECK(doubt.factor() == 4);
  doubt.worsen(100);
  CHECK(doubt.factor() == 8);
  for (int i = 0; i < 20; ++i) doubt.improve();
  CHECK(doubt.factor() == 1);
}

TEST_CASE("of two claims the higher incarnation wins, then left, dead, suspect, alive") {
  member_record a, b;
  a.incarnation = 2;
  b.incarnation = 1;
  b.state = member_state::left;
  CHECK(supersedes(a, b));
  b.incarnation = 2;
  CHECK(supersedes(b, a));
  CHECK_FALSE(supersedes(a, a));
}

TEST_SUITE_END();

} // namespace engram::membership

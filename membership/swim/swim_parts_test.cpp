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

TEST_CASE("a suspicion shrinks with each independent confirmation, from eight times to once") {
  const swim_config config; // shortest: 3 probe intervals among ten
  suspicion s(config, 10, id(1), base::instant{0});
  CHECK(s.deadline() == base::instant{24'000});
  CHECK_FALSE(s.confirm(id(1))); // the accuser again
  CHECK(s.confirm(id(2)));
  // 24 - 21 * log 2 / log 3
  CHECK(s.deadline().ms == doctest::Approx(10'750).epsilon(0.001));
  CHECK_FALSE(s.confirm(id(2)));
  CHECK(s.confirm(id(3)));
  CHECK(s.deadline() == base::instant{3'000});
  CHECK_FALSE(s.confirm(id(4))); // enough
}

TEST_CASE("as many must confirm as there can be: of three one, of two none") {
  const swim_config config;
  suspicion of_three(config, 3, id(1), base::instant{0});
  CHECK(of_three.deadline() == base::instant{24'000});
  CHECK(of_three.confirm(id(2)));
  CHECK(of_three.deadline() == base::instant{3'000});
  CHECK(suspicion(config, 2, id(1), base::instant{0}).deadline() == base::instant{3'000});
}

TEST_CASE("whoever counts a suspicion and was away gives the time back, and no more") {
  const swim_config config;
  suspicion s(config, 2, id(1), base::instant{1'000});
  s.extend(base::duration{2'000}, base::instant{10'000});
  CHECK(s.deadline() == base::instant{6'000});
  s.extend(base::duration{60'000}, base::instant{10'000});
  CHECK(s.deadline() == base::instant{13'000});
}

TEST_CASE("what happens within a probe keeps pace with its interval") {
  for (const std::int64_t ms : {10, 100, 200, 1'000, 60'000}) {
    const swim_config config = swim_config::paced(base::duration{ms});
    CHECK(config.probe_interval == base::duration{ms});
    CHECK(config.probe_timeout == base::duration{ms * 3 / 10});
    CHECK(config.validate().empty());
  }
}

TEST_CASE("larger clusters wait longer, by the logarithm of their size") {
  const swim_config config;
  CHECK(suspicion_min(config, 5) == base::duration{3'000});
  CHECK(suspicion_min(config, 100).count() == doctest::Approx(6'000).epsilon(0.001));
  CHECK(suspicion_min(config, 1'000).count() == doctest::Approx(9'000).epsilon(0.001));
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

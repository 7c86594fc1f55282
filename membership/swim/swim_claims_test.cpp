// One core, fed by hand: what it answers to claims that no honest network makes.

#include "membership/swim/swim.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>

namespace engram::membership {
namespace {

member_record member_at(std::uint64_t n, std::string address, std::uint64_t incarnation = 1) {
  member_record out;
  out.id = {{n, n}};
  out.gossip_address = std::move(address);
  out.incarnation = incarnation;
  return out;
}

const member_record SELF = member_at(1, "self");
const member_record OTHER = member_at(2, "other");

swim core() { return swim({}, SELF, {}, base::random(5)); }

message claims(std::vector<member_record> about) {
  message out{OTHER.id, OTHER.gossip_address, gossip{}, {}};
  for (member_record& each : about) out.updates.push_back({std::move(each), OTHER.id});
  return out;
}

message claims(member_record about, member_state state, std::uint64_t incarnation) {
  about.state = state;
  about.incarnation = incarnation;
  return claims(std::vector{std::move(about)});
}

std::size_t count(const swim_actions& in, member_event what) {
  return static_cast<std::size_t>(std::count_if(in.events.begin(), in.events.end(),
                                                [&](const auto& e) { return e.what == what; }));
}

template <class Body>
std::size_t sent(const swim_actions& in) {
  return static_cast<std::size_t>(std::count_if(in.send.begin(), in.send.end(), [](const auto& e) {
    return std::holds_alternative<Body>(e.message.body);
  }));
}

} // namespace

TEST_SUITE_BEGIN("membership");

TEST_CASE("an accused member goes above the accusation and keeps that for its next run") {
  swim node = core();
  for (const member_state state : {member_state::suspect, member_state::dead, member_state::left}) {
    const std::uint64_t accused = node.incarnation() + 4;
    const auto actions = node.step(base::instant{1}, claims(SELF, state, accused));
    CHECK(node.incarnation() == accused + 1);
    CHECK(actions.persist_incarnation);
  }
}

TEST_CASE("no incarnation in a claim puts a member beyond refuting") {
  for (const std::uint64_t evil :
       {INCARNATION_MAX - 1, INCARNATION_MAX, INCARNATION_MAX + 1, UINT64_MAX - 1, UINT64_MAX}) {
    CAPTURE(evil);
    swim accused = core();
    member_record held = SELF;
    held.state = member_state::dead;
    held.incarnation = evil;
    accused.step(base::instant{1}, claims(SELF, member_state::dead, evil));
    // Whoever believed the accusation believes the answer to it.
    const member_record answer = accused.self();
    CHECK(is_plausible(answer));
    if (is_plausible(held)) CHECK(supersedes(answer, held));
    CHECK(accused.incarnation() >= SELF.incarnation);
    accused.step(base::instant{2}, claims({member_at(1, "another address", evil)}));
    CHECK(accused.incarnation() <= INCARNATION_MAX);
  }
}

TEST_CASE("a claim that could not be refuted is not believed of others either") {
  swim node = core();
  node.step(base::instant{1}, claims({OTHER}));
  const auto actions = node.step(base::instant{2}, claims(OTHER, member_state::dead, UINT64_MAX));
  CHECK(actions.events.empty());
  CHECK(node.members()[1].state == member_state::alive);
}

TEST_CASE("who stands in the tables with an old address goes above that at once") {
  swim node = core();
  node.step(base::instant{1}, claims({member_at(1, "before the disk was restored", 1)}));
  CHECK(node.incarnation() == 2);
}

TEST_CASE("one's own record coming back changes nothing") {
  swim node = core();
  const auto actions = node.step(base::instant{1}, claims({SELF}));
  CHECK(node.incarnation() == SELF.incarnation);
  CHECK_FALSE(actions.persist_incarnation);
}

TEST_CASE("members known from disk are talked to at once, and are news to nobody") {
  swim knowing = core();
  knowing.remember(base::instant{1}, {SELF, OTHER, member_at(3, "third")});
  CHECK(knowing.members().size() == 3);
  std::size_t heard = 0, tables = 0;
  for (base::instant now{1}; now < base::instant{6'000}; now = knowing.next_tick()) {
    for (const envelope& each : knowing.tick(now).send) {
      tables += std::holds_alternative<table>(each.message.body);
      for (const update& news : each.message.updates)
        heard += news.about.id != SELF.id && news.about.state == member_state::alive;
    }
  }
  CHECK(tables > 0);
  CHECK(heard == 0);
}

TEST_CASE("two live members with one store id both learn of it, once") {
  swim left = core();
  swim right({}, member_at(1, "twin"), {}, base::random(6));
  std::size_t seen_left = 0, seen_right = 0;
  for (int round = 0; round < 10; ++round) {
    seen_left += count(left.step(base::instant{round + 1}, claims({right.self()})),
                       member_event::duplicated);
    seen_right += count(right.step(base::instant{round + 1}, claims({left.self()})),
                        member_event::duplicated);
  }
  CHECK(seen_left == 1);
  CHECK(seen_right == 1);
}

TEST_CASE("traces of one's own past under another address are not taken for a twin") {
  swim node = core();
  std::size_t seen = 0;
  for (int round = 0; round < 10; ++round) {
    seen += count(node.step(base::instant{round + 1}, claims({member_at(1, "long ago", 40)})),
                  member_event::duplicated);
  }
  CHECK(seen == 0);
  CHECK(node.incarnation() == 41);
}

TEST_CASE("a member that slept through a probe asks others before it suspects") {
  swim node = core();
  node.step(base::instant{1}, claims({OTHER, member_at(3, "third"), member_at(4, "fourth")}));
  base::instant now{2};
  std::size_t pings = sent<ping>(node.tick(now));
  while (pings == 0) {
    now = node.next_tick();
    pings = sent<ping>(node.tick(now));
  }
  now = now + std::chrono::seconds{20};
  const auto late = node.tick(now);
  CHECK(sent<ping_request>(late) == 2); // those that are neither itself nor the target
  CHECK(count(late, member_event::suspected) == 0);
  const auto after = node.tick(now + std::chrono::seconds{1});
  CHECK(count(after, member_event::suspected) == 1);
}

TEST_SUITE_END();

} // namespace engram::membership

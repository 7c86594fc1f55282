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
  std::size_t asked = 0, suspected = 0;
  const base::instant woken = now;
  while (suspected == 0) {
    const auto actions = node.tick(now);
    asked += sent<ping_request>(actions);
    suspected = count(actions, member_event::suspected);
    if (suspected == 0) now = node.next_tick();
  }
  CHECK(asked == 2); // those that are neither itself nor the target
  CHECK(now - woken >= std::chrono::milliseconds{400});
}

TEST_CASE("a member that slept gives its suspects the time that it slept") {
  swim node = core();
  node.step(base::instant{1}, claims({OTHER, member_at(3, "third")}));
  node.tick(base::instant{2});
  node.step(base::instant{3}, claims(OTHER, member_state::suspect, OTHER.incarnation));
  const base::instant woken{60'000};
  CHECK(count(node.tick(woken), member_event::failed) == 0);
  const auto refuted = node.step(woken, claims({member_at(2, "other", 2)}));
  CHECK(count(refuted, member_event::refuted) == 1);
}

TEST_CASE("who hears nobody waits the longest time, however many confirmed") {
  swim node = core();
  std::vector<member_record> others;
  for (std::uint64_t n = 2; n <= 8; ++n) others.push_back(member_at(n, "other"));
  node.tick(base::instant{1});
  node.step(base::instant{2}, claims(others));
  member_record accused = others[6];
  accused.state = member_state::suspect;
  for (std::uint64_t accuser = 2; accuser <= 5; ++accuser) {
    message accusation{others[0].id, "other", gossip{}, {{accused, {{accuser, accuser}}}}};
    node.step(base::instant{3}, accusation);
  }
  base::instant verdict{};
  while (verdict == base::instant{}) {
    const base::instant now = node.next_tick();
    for (const member_change& change : node.tick(now).events) {
      if (change.what == member_event::failed && change.who.id == accused.id) verdict = now;
    }
  }
  const swim_config config;
  const auto shortest = suspicion_min(config, 8);
  CHECK(verdict - base::instant{3} == shortest * config.suspicion_max_multiplier);
}

TEST_CASE("an unanswered ping is sent again, and takes no news along to where none may listen") {
  swim node = core();
  node.step(base::instant{1}, claims({OTHER, member_at(3, "third"), member_at(4, "fourth")}));
  std::size_t pings = 0, with_news = 0;
  std::uint64_t number = 0;
  for (base::instant now{1}; now < base::instant{60'000}; now = node.next_tick()) {
    for (const envelope& each : node.tick(now).send) {
      const auto* body = std::get_if<ping>(&each.message.body);
      if (body == nullptr || each.reliable) continue;
      if (number == 0) number = body->number;
      if (body->number != number) continue;
      with_news += ++pings > 1 && !each.message.updates.empty();
    }
    if (number != 0 && pings > 0 && now > base::instant{3'000}) break;
  }
  const swim_config config;
  const auto lasts = config.probe_timeout + config.indirect_timeout;
  CHECK(pings == static_cast<std::size_t>(lasts / config.probe_repeat));
  CHECK(with_news == 0);
}

TEST_CASE("the other side's dead of a partition get time to refute; the unknown stay dead") {
  swim node = core();
  node.step(base::instant{1}, claims({OTHER, member_at(3, "third")}));
  member_record third = member_at(3, "third"), fourth = member_at(4, "fourth");
  third.state = fourth.state = member_state::dead;
  const auto actions =
      node.step(base::instant{2}, message{OTHER.id, "other", table{{third, fourth}, false}, {}});
  CHECK(count(actions, member_event::suspected) == 1);
  CHECK(count(actions, member_event::failed) == 1);
  CHECK(node.members()[2].state == member_state::suspect);
  CHECK(node.members()[3].state == member_state::dead);
}

TEST_CASE("a ping over a reliable link is answered over one") {
  swim node = core();
  for (const bool reliably : {false, true}) {
    const auto answer =
        node.step(base::instant{1}, {OTHER.id, "other", ping{7, SELF.id, reliably}, {}});
    REQUIRE(answer.send.size() == 1);
    CHECK(answer.send[0].reliable == reliably);
  }
}

TEST_SUITE_END();

} // namespace engram::membership

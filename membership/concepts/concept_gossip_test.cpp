#include "membership/concepts/concept_world.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>

namespace engram::membership {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr base::instant noon{1'800'000'000'000};

concept_gossip lone_member(concept_rules rules = {}) {
  return {rules, 1, [](const base::space_id&) { return false; }};
}

/// A sheet as it crosses the wire to somebody who has nothing of it.
sheet_message::part whole(const base::space_id& space, std::uint64_t covered,
                          std::vector<sheet_record> records, base::instant confirmed = noon) {
  sheet_message::part out{{space, {covered, content_of(records)}, confirmed}, {}, {}};
  for (const auto& each : records) out.tags.push_back(tag_of(each));
  out.records = std::move(records);
  return out;
}

std::vector<sheet_message::part> assorted_sheets(base::random& random) {
  std::vector<sheet_message::part> out;
  for (int i = 0; i < 8; ++i)
    out.push_back(whole(space_number(random.below(2)), 1 + random.below(3),
                        some_records(random.below(3), random.below(2)),
                        noon + base::duration(hours(random.below(2)))));
  return out;
}

/// What a member holds in the end that hears sheets in this order.
using fold = std::function<std::string(const std::vector<sheet_message::part>&)>;

std::string held_after(const std::vector<sheet_message::part>& sheets) {
  auto member = lone_member();
  std::string out;
  for (const auto& each : sheets) member.step(store_number(1), each, noon + hours(2));
  for (std::uint64_t i = 0; i < 2; ++i)
    if (const auto held = member.find(space_number(i)))
      out += sheet_message::encode(sheet_message::heads{1, false, {held->head}});
  return out;
}

/// A merge of sheets has to be a function of the set of them.
bool is_lawful(const fold& merge) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    base::random random(seed);
    auto sheets = assorted_sheets(random);
    const auto expected = merge(sheets);
    for (int i = 0; i < 5; ++i) sheets.push_back(sheets[random.below(sheets.size())]);
    for (auto n = sheets.size(); n > 1; --n) std::swap(sheets[n - 1], sheets[random.below(n)]);
    if (merge(sheets) != expected) return false;
  }
  return true;
}

/// Publishes at random members for a while; returns when nothing more will be said of new sheets.
void publish_for_a_while(concept_world& world, std::size_t spaces) {
  for (int i = 0; i < 40; ++i) {
    const auto space = space_number(world.random().below(spaces));
    const auto at = world.random().below(world.size());
    world.at(at).publish(space, world.random().below(1'000), // replicas lag: not always the newest
                         some_records(world.random().below(6), world.random().below(4)),
                         world.now());
    world.run_for(base::duration(world.random().below(400)));
  }
}

} // namespace

TEST_SUITE_BEGIN("membership");

TEST_CASE("what is held is a function of the set of sheets heard, whatever their order") {
  CHECK(is_lawful(held_after));
  // Planted: the sheet heard last wins.
  CHECK_FALSE(is_lawful([](const std::vector<sheet_message::part>& sheets) {
    std::map<base::space_id, std::string> held;
    for (const auto& each : sheets)
      held[each.head.space] = sheet_message::encode(sheet_message::heads{1, false, {each.head}});
    std::string out;
    for (const auto& [space, bytes] : held) out += bytes;
    return out;
  }));
  // Planted: the newer by count alone, the first heard where counts are equal.
  CHECK_FALSE(is_lawful([](const std::vector<sheet_message::part>& sheets) {
    std::map<base::space_id, sheet_head> held;
    for (const auto& each : sheets) {
      const auto [at, is_new] = held.emplace(each.head.space, each.head);
      if (!is_new && at->second.version.covered < each.head.version.covered) at->second = each.head;
    }
    std::string out;
    for (const auto& [space, head] : held)
      out += sheet_message::encode(sheet_message::heads{1, false, {head}});
    return out;
  }));
}

TEST_CASE("members agree on the newest sheets over a network that loses, doubles and reorders") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    concept_world world(3 + seed % 8, {.loss = 0.3, .twice = 0.2, .core = {}}, seed);
    publish_for_a_while(world, 5);
    REQUIRE(world.agrees_within(minutes(2)));
    for (std::size_t i = 1; i < world.size(); ++i)
      for (std::uint64_t space = 0; space < 5; ++space) {
        const auto a = world.at(0).find(space_number(space));
        const auto b = world.at(i).find(space_number(space));
        REQUIRE((a == nullptr) == (b == nullptr));
        if (a) CHECK(a->records == b->records);
      }
  }
}

TEST_CASE("a thousand spaces reach a member that knows none") {
  concept_world world(3, {.loss = 0.1, .core = {}}, 5);
  for (std::uint64_t i = 0; i < 1'000; ++i)
    world.at(i % 2).publish(space_number(i), 1, some_records(2), world.now());
  CHECK(world.agrees_within(minutes(2)));
  CHECK(world.at(2).all().size() == 1'000);
}

TEST_CASE("what no replica confirms for a day is dropped everywhere and does not come back") {
  // Holds when nobody has the sheet longer than allowed after the replicas fell silent.
  const auto is_dropped_in_time = [](std::uint64_t seed, bool passing_on_confirms) {
    concept_world world(5, {.loss = 0.2, .delay_max = seconds(20), .step = seconds(10), .core = {}},
                        seed);
    const auto space = space_number(1);
    world.at(0).publish(space, 3, some_records(4), world.now());
    if (passing_on_confirms)
      world.after_step = [&](std::size_t member) {
        if (const auto held = world.at(member).find(space))
          world.at(member).confirm(space, held->head.version, world.now());
      };
    world.run_for(hours(20));
    for (std::size_t i = 0; i < 5; ++i) REQUIRE(world.at(i).find(space));
    world.run_for(hours(5));
    bool clean = true;
    world.at_each_step = [&] {
      for (std::size_t i = 0; i < 5; ++i) clean = clean && !world.at(i).find(space);
    };
    world.run_for(hours(2));
    return clean;
  };
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CHECK(is_dropped_in_time(seed, false));
    CHECK_FALSE(is_dropped_in_time(seed, true)); // planted: hearing of it confirms it
  }
}

TEST_CASE("what replicas confirm stays, and costs a head each step, not its records") {
  concept_world world(4, {.loss = 0.1, .step = seconds(10), .core = {}}, 3);
  const auto space = space_number(1);
  const auto version = world.at(0).publish(space, 3, some_records(800), world.now());
  world.run_for(minutes(5));
  const auto after_first = world.bytes();
  world.at_each_step = [&] { world.at(0).confirm(space, version, world.now()); };
  world.run_for(hours(72));
  for (std::size_t i = 0; i < 4; ++i) CHECK(world.at(i).find(space));
  CHECK(world.agrees_within(minutes(2)));
  // 4 members, a root each 10 s, and for 72 confirmations digests and heads.
  CHECK(world.bytes() - after_first < 4u * 72 * (360 * 24 + 8 * 1'024));
}

TEST_CASE("a dropped space's sheet goes, though a member that has not heard of it offers it") {
  concept_world world(4, {.core = {}}, 9);
  const auto space = space_number(1);
  world.at(0).publish(space, 3, some_records(4), world.now());
  REQUIRE(world.agrees_within(seconds(30)));
  for (std::size_t i = 0; i < 3; ++i) world.drop(i, space);
  world.run_for(minutes(2));
  for (std::size_t i = 0; i < 3; ++i) CHECK_FALSE(world.at(i).find(space));
  CHECK(world.at(3).find(space));
  world.drop(3, space);
  CHECK(world.agrees_within(seconds(30)));
  CHECK(world.at(3).all().empty());
}

TEST_CASE("a space that shares no more empties its sheet everywhere, also where it comes late") {
  concept_world world(3, {.loss = 0.3, .twice = 0.3, .delay_max = seconds(3), .core = {}}, 4);
  const auto space = space_number(1);
  world.at(0).publish(space, 3, some_records(4), world.now());
  world.run_for(seconds(2)); // some have it, some messages are under way
  world.at(1).publish(space, 4, {}, world.now());
  world.at(0).publish(space, 4, {}, world.now());
  world.run_for(minutes(1));
  for (std::size_t i = 0; i < 3; ++i) CHECK(world.at(i).all().empty());
}

TEST_CASE("of a sheet that changed a little, little is sent") {
  concept_world world(2, {.core = {}}, 2);
  const auto space = space_number(1);
  auto records = some_records(500, 0);
  for (auto& each : records) each.bytes.resize(400, 'v');
  world.at(0).publish(space, 1, records, world.now());
  REQUIRE(world.agrees_within(seconds(30)));
  const auto before = world.bytes();
  records[77].version = {9, 9};
  world.at(0).publish(space, 2, records, world.now());
  REQUIRE(world.agrees_within(seconds(30)));
  CHECK(world.at(1).find(space)->records == records);
  CHECK(before > 200'000);
  CHECK(world.bytes() - before < 12'000); // tags of 500 records twice, one record
}

TEST_CASE("the strongest records are kept, as many and as large as the bounds allow") {
  concept_rules rules;
  rules.records_max = 10;
  rules.sheet_bytes_max = 500;
  auto member = lone_member(rules);
  member.publish(space_number(1), 1, some_records(50), noon); // 88 bytes each
  REQUIRE(member.find(space_number(1)));
  CHECK(member.find(space_number(1))->records == some_records(5));
  rules.sheet_bytes_max = 1u << 20;
  auto other = lone_member(rules);
  other.publish(space_number(1), 1, some_records(50), noon);
  CHECK(other.find(space_number(1))->records == some_records(10));
}

TEST_CASE("beyond the bound on all sheets a member knows of one without holding it") {
  concept_rules rules;
  rules.bytes_max = 1'000;
  concept_world world(3, {.core = rules}, 8);
  for (std::uint64_t i = 0; i < 6; ++i)
    world.at(0).publish(space_number(i), 1, some_records(4), world.now());
  CHECK(world.at(0).bytes() <= 1'000);
  CHECK(world.at(0).sheets_beyond_bound() == 4);
  world.run_for(minutes(1));
  CHECK(world.at(1).all().size() == 2);
  CHECK(world.at(2).bytes() <= 1'000);
}

TEST_CASE("a sheet of a clock far ahead, or whose bytes are not what its head says, is not taken") {
  auto member = lone_member();
  member.step(store_number(1), whole(space_number(1), 1, some_records(2), noon + minutes(1)), noon);
  auto changed = whole(space_number(2), 1, some_records(2));
  changed.records[1].bytes = "other";
  changed.tags[1] = tag_of(changed.records[1]);
  member.step(store_number(1), changed, noon);
  member.step(store_number(1), whole(space_number(3), 1, some_records(1'025)), noon);
  CHECK(member.all().empty());
  member.step(store_number(1), whole(space_number(1), 1, some_records(2), noon + seconds(5)), noon);
  CHECK(member.all().size() == 1);
}

TEST_CASE("a sheet that was asked for is asked for again, also after the clock was set back") {
  auto member = lone_member();
  const auto offered = whole(space_number(1), 1, some_records(2), noon - minutes(10));
  const sheet_message::heads news{~0ull, false, {offered.head}};
  CHECK(member.step(store_number(1), news, noon).sends.size() == 1);
  CHECK(member.step(store_number(1), news, noon + seconds(1)).sends.empty());
  CHECK(member.step(store_number(1), news, noon - minutes(2)).sends.size() == 1);
}

TEST_CASE("who knows no sheet says nothing; agreement costs one digest a second") {
  concept_world silent(5, {.core = {}}, 1);
  silent.run_for(minutes(10));
  CHECK(silent.bytes() == 0);
  concept_world world(5, {.core = {}}, 1);
  world.at(0).publish(space_number(1), 1, some_records(100), world.now());
  REQUIRE(world.agrees_within(seconds(30)));
  const auto before = world.bytes();
  world.run_for(minutes(10));
  CHECK(world.bytes() - before <= 5u * 601 * 16);
}

TEST_SUITE_END();

} // namespace engram::membership

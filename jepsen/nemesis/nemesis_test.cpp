#include "jepsen/nemesis/grudge.hpp"
#include "jepsen/nemesis/schedule.hpp"
#include "jepsen/stage/firewall.hpp"
#include "tests/support/doctest.hpp"

#include <map>

namespace engram::jepsen {
namespace {

/// Nodes that hear and are heard by `node`, itself included.
std::size_t reach(const cuts& of, int node, int nodes) {
  std::size_t count = 1;
  for (int other = 1; other <= nodes; ++other)
    count += other != node && !of.contains({node, other}) && !of.contains({other, node});
  return count;
}

TEST_CASE("partitions have the shape their name says") {
  for (const int nodes : {3, 5, 7}) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
      base::random draw(seed);
      std::map<std::size_t, int> sizes;
      const auto count = [&](const char* shape) {
        const auto cut = cut_as(shape, nodes, draw).value();
        sizes.clear();
        for (int node = 1; node <= nodes; ++node) ++sizes[reach(cut, node, nodes)];
      };
      const auto all = static_cast<std::size_t>(nodes), half = all / 2;
      count("one");
      CHECK(sizes == std::map<std::size_t, int>{{1, 1}, {all - 1, nodes - 1}});
      count("halves");
      CHECK(sizes.begin()->first == half);
      CHECK(sizes.rbegin()->first == all - half);
      count("minority");
      CHECK(sizes.begin()->first <= half);
      count("bridge");
      CHECK(sizes[all] == 1);
      CHECK(sizes[half + 1] == nodes - 1);
      count("asymmetric");
      CHECK(sizes[1] == 1);
      count("ring");
      CHECK((nodes == 3 || sizes.rbegin()->first < all));
      CHECK(sizes.begin()->first >= half + 1);
    }
  }
}

TEST_CASE("targets are as many different nodes as they say") {
  base::random draw(1);
  CHECK(pick_targets("one", 5, draw)->size() == 1);
  CHECK(pick_targets("minority", 5, draw)->size() == 2);
  CHECK(pick_targets("majority", 5, draw)->size() == 3);
  CHECK(pick_targets("all", 5, draw).value() == std::vector<int>{1, 2, 3, 4, 5});
  CHECK(!pick_targets("some", 5, draw));
}

TEST_CASE("a schedule follows from its seed alone, ends what it starts, and reads back") {
  schedule_wish wish;
  wish.faults = {"partition", "kill:minority", "pause", "flapping", "loss", "corrupt", "clock"};
  const auto made = make_schedule(wish).value();
  CHECK(made == make_schedule(wish).value());
  CHECK(schedule_from_json(to_json(made)).value() == made);
  std::map<std::string, int> open;
  auto last = std::chrono::milliseconds(0);
  for (const auto& each : made) {
    CHECK(each.at >= last);
    last = each.at;
    open[each.fault] += each.starts ? 1 : -1;
  }
  CHECK(last <= wish.time);
  for (const auto& [fault, count] : open) CHECK(count == 0);
  wish.seed = 2;
  CHECK(make_schedule(wish).value() != made);
}

TEST_CASE("what harms data never hits more stores than may be lost") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    schedule_wish wish;
    wish.faults = {"corrupt", "restore", "clone"};
    wish.seed = seed;
    std::set<int> harmed;
    const auto made = make_schedule(wish).value();
    for (const auto& each : made)
      for (const int node : each.how["nodes"]) harmed.insert(node);
    CHECK(harmed.size() == 1);
  }
}

TEST_CASE("copies are counted at moments, several a run, and then all links are cut") {
  schedule_wish wish;
  wish.faults = {"census"};
  const auto made = make_schedule(wish).value();
  CHECK(made.size() >= 8);
  for (std::size_t i = 0; i < made.size(); i += 2)
    CHECK(made[i + 1].at - made[i].at <= std::chrono::milliseconds(1));
  CHECK(all_cut(3).cut.size() == 6);
}

TEST_CASE("an unknown fault is refused with those there are") {
  schedule_wish wish;
  wish.faults = {"earthquake"};
  CHECK(make_schedule(wish).error().context.find("partition[:one|") != std::string::npos);
  wish.faults = {"partition:triangle"};
  CHECK(!make_schedule(wish));
}

TEST_CASE("a ruleset drops by source and destination, in one direction each") {
  links some;
  some.cut.insert({1, 2});
  some.loss_permille[{3, 1}] = 200;
  const auto text = ruleset(some);
  CHECK(text.find("ip saddr 127.0.1.1 ip daddr 127.0.2.1 drop") != std::string::npos);
  CHECK(text.find("ip saddr 127.0.2.1") == std::string::npos);
  CHECK(text.find("ip saddr 127.0.3.1 ip daddr 127.0.1.1 numgen random mod 1000 < 200 drop") !=
        std::string::npos);
}

} // namespace
} // namespace engram::jepsen

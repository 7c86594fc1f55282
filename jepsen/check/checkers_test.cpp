// Each checker on a history of a fake store that keeps its promises, and of one that breaks one.
#include "base/random.hpp"
#include "jepsen/check/checkers.hpp"
#include "tests/support/doctest.hpp"

#include <functional>
#include <set>

namespace engram::jepsen {
namespace {

/// What a fake store does wrong.
enum class fault {
  none,
  loses,          // an acknowledged element
  half_loses,     // at one node
  makes_up,       // an element nobody added
  keeps_refused,  // an element it refused
  doubles,        // an element, in one read
  resurrects,     // a forgotten element, in the end
  forgets_more,   // than it was asked
  ignores_tokens, // of its own writes
  goes_back,      // behind what a session read
  drops_version,
  invents_version,
  repeats,   // a number of a stream
  overtakes, // one that is settled
  overcounts,
  counts_apart,
  loses_space,
  revives_space,
  lists_apart,
  claims_all,
  stays_apart,
  converges_late,
  hashes_apart, // at equal vectors
  hides_a_copy, // behind another's answers
  stays_stale,
  never_serves,
  dies,
  leaks,          // descriptors
  counts_too_few, // copies
  keeps_too_few,
};

/// A history written by hand: each call is one operation, a millisecond long.
class script {
public:
  op& say(int process, op_type type, const std::string& f, json value, json more) {
    op line;
    line.index = lines.size();
    line.time = now += std::chrono::milliseconds(1);
    line.process = process;
    line.type = type;
    line.f = f;
    line.value = std::move(value);
    line.more = std::move(more);
    return lines.emplace_back(std::move(line));
  }
  void call(const std::string& f, json asked, op_type type, json answered,
            json more = {{"node", 1}}, json told = json::object()) {
    const int process = next++ % 5;
    say(process, op_type::invoke, f, std::move(asked), more);
    more.update(told);
    say(process, type, f, std::move(answered), std::move(more));
  }
  void ok(const std::string& f, json value, json more = {{"node", 1}}) {
    call(f, value, op_type::ok, value, std::move(more));
  }
  void nemesis(const std::string& f, json value, json more = json::object()) {
    say(NEMESIS, op_type::info, f, std::move(value), std::move(more));
  }
  void heal() { nemesis("healed", {{"nodes", {1, 2, 3}}}); }

  history lines;
  std::chrono::nanoseconds now{0};
  int next = 0;
};

json last_at(int node) { return {{"node", node}, {"final", true}}; }

history set_history(fault does, std::uint64_t seed) {
  base::random draw(seed);
  script to;
  std::vector<int> there;
  for (int i = 0; i < 60; ++i) {
    if (draw.chance(0.1)) {
      to.call("add", i, op_type::fail, i);
      if (does == fault::keeps_refused) there.push_back(i);
    } else if (draw.chance(0.1)) {
      to.call("add", i, op_type::info, i);
      if (draw.chance(0.5)) there.push_back(i);
    } else {
      to.ok("add", i);
      there.push_back(i);
    }
    if (i % 10 == 9) {
      json seen = there;
      if (i < 50 && draw.chance(0.5)) seen.erase(seen.size() - 1); // stale, which is allowed
      if (does == fault::doubles) seen.push_back(seen[0]);
      to.call("read", nullptr, op_type::ok, seen);
    }
  }
  if (does == fault::makes_up) there.push_back(1'000);
  if (does == fault::loses) there.erase(std::find(there.begin(), there.end(), there[7]));
  to.heal();
  if (does == fault::stays_stale) to.now += std::chrono::seconds(90);
  for (int node = 1; node <= 3; ++node) {
    json seen = there;
    if (node == 2 && (does == fault::half_loses || does == fault::stays_stale)) seen.erase(5);
    to.call("read", nullptr, op_type::ok, seen, last_at(node));
  }
  return to.lines;
}

history forget_history(fault does) {
  script to;
  for (int i = 0; i < 10; ++i) to.ok("add", i);
  to.ok("forget", 2);
  to.call("forget", 3, op_type::info, 3);
  to.call("forget", 4, op_type::fail, 4);
  to.call("add", 2, op_type::fail, 2);
  json there{0, 1, 4, 5, 6, 7, 8, 9};
  if (does == fault::resurrects) there.push_back(2);
  if (does == fault::forgets_more) there.erase(1);
  for (int node = 1; node <= 3; ++node) to.call("read", nullptr, op_type::ok, there, last_at(node));
  return to.lines;
}

history session_history(fault does) {
  script to;
  for (int i = 0; i < 5; ++i) {
    const auto token = "t" + std::to_string(i), seen = "r" + std::to_string(i);
    to.call("write", i, op_type::ok, i, {{"node", 1}}, {{"token", token}});
    json asked{i}, found{i};
    if (i > 0) asked.push_back(i - 1), found.push_back(i - 1);
    json own = found, later = found;
    if (does == fault::ignores_tokens && i == 3) own.erase(0);
    if (does == fault::goes_back && i == 3) later.erase(1);
    to.call("read", asked, op_type::ok, own, {{"node", 2}, {"after", token}}, {{"token", seen}});
    to.call("read", asked, op_type::ok, later, {{"node", 3}, {"after", seen}});
  }
  return to.lines;
}

history register_history(fault does) {
  script to;
  to.ok("write", {"k", "a"});
  to.ok("write", {"k", "b"}); // the other side of a partition
  to.call("write", {"k", "c"}, op_type::fail, {"k", "c"});
  json versions{"a", "b"};
  if (does == fault::drops_version) versions.erase(0);
  if (does == fault::invents_version) versions.push_back("z");
  if (does == fault::keeps_refused) versions.push_back("c");
  to.call("read", "k", op_type::ok, {"k", versions}, last_at(1));
  return to.lines;
}

history stream_history(fault does) {
  script to;
  for (int i = 1; i <= 9; i += 3) {
    const auto token = "t" + std::to_string(i);
    to.call("send", {1, i, i + 4}, op_type::ok, {1, i, i + 2}, {{"node", 1}}, {{"token", token}});
    json asked = json::array(), found = json::array();
    for (int n = 1; n <= i + 2; ++n) asked.push_back(n), found.push_back(n);
    if (does == fault::overtakes && i == 4) found.erase(2); // 3, while 4 to 6 are there
    to.call("look", {1, asked}, op_type::ok, {1, found}, {{"node", 2}, {"after", token}});
  }
  to.call("send", {1, 10, 11}, op_type::info, {1, 10, 11});
  to.call("state", nullptr, op_type::ok, {{"hash", "h"}}); // what others ask is there as well
  to.call("read", 1, op_type::ok, {1, {1, 2, 4, 9}});      // without a token there may be gaps
  json there{1, 2, 3, 4, 5, 6, 7, 8, 9, 11};
  if (does == fault::repeats) there.push_back(2);
  if (does == fault::loses) there.erase(5);
  to.call("read", 1, op_type::ok, {1, there}, last_at(1));
  return to.lines;
}

history concepts_history(fault does) {
  script to;
  for (int i = 0; i < 6; ++i) to.ok("remember", i);
  to.call("remember", 6, op_type::fail, 6);
  to.ok("hide", 5);
  const auto answer = [&](int node, const std::string& vector, const json& more) {
    const bool is_other = node == 2;
    json cites{"e0", "e1", "e2"};
    if (does == fault::keeps_refused) cites.push_back("e6");
    if (does == fault::makes_up) cites.push_back("e9");
    if (does == fault::resurrects) cites.push_back("e5");
    const bool apart =
        is_other && (vector == "v1" ? does == fault::hashes_apart : does == fault::stays_apart);
    json row{{"name", apart ? "other" : "name"}, {"version", vector}, {"exemplar", "e0"}};
    row["cites"] = cites;
    json asked = more;
    asked["node"] = node;
    to.call("concepts", nullptr, op_type::ok,
            {{"content", apart ? "other" : vector},
             {"total", 1},
             {"members", 3},
             {"memories", 5},
             {"concepts", {row}}},
            asked,
            {{"vector", does == fault::stays_apart ? vector + std::to_string(node) : vector}});
  };
  for (int node = 1; node <= 3; ++node) answer(node, node == 3 ? "v0" : "v1", json::object());
  for (int node = 1; node <= 3; ++node) answer(node, "v2", {{"final", true}, {"alone", true}});
  return to.lines;
}

history counter_history(fault does) {
  script to;
  for (int i = 0; i < 4; ++i) to.ok("access", "k");
  to.call("access", "k", op_type::info, "k");
  const int counted = does == fault::overcounts ? 6 : 4;
  to.call("read", "k", op_type::ok, {"k", counted}, last_at(1));
  to.call("read", "k", op_type::ok, {"k", does == fault::counts_apart ? 3 : counted}, last_at(2));
  return to.lines;
}

history spaces_history(fault does) {
  script to;
  to.ok("create", "a");
  to.ok("create", "b");
  to.ok("drop", "b");
  to.call("create", "c", op_type::info, "c");
  json names{"a"};
  if (does == fault::loses_space) names = json::array();
  if (does == fault::revives_space) names = {"a", "b"};
  to.call("list", nullptr, op_type::ok, names, last_at(1));
  if (does == fault::lists_apart) names.push_back("c");
  to.call("list", nullptr, op_type::ok, names, last_at(2));
  return to.lines;
}

history recall_history(fault does) {
  script to;
  for (int i = 0; i < 4; ++i) to.ok("remember", {"heron", i});
  to.now += std::chrono::seconds(10);
  json answer{{"found", {0, 1, 2, 3}}, {"low", 0.0}, {"high", 0.0}, {"stale_ms", 0}};
  to.call("ask", "heron", op_type::ok, answer);
  answer["found"] = {0, 1, 2};
  if (does != fault::claims_all) answer["high"] = 0.5;
  to.call("ask", "heron", op_type::ok, answer);
  if (does == fault::makes_up) answer["found"] = {9};
  to.call("ask", "heron", op_type::ok, answer);
  return to.lines;
}

history state_history(fault does) {
  script to;
  to.heal();
  to.call("state", nullptr, op_type::ok, {{"hash", "old"}, {"memories", 5}, {"replicas", 3}},
          {{"node", 4}, {"space", "set"}});
  for (int round = 0; round < 3; ++round) {
    if (does == fault::converges_late && round == 2) to.now += std::chrono::seconds(70);
    for (int node = 1; node <= 3; ++node) {
      const bool behind = node == 3 && (round < 2 || does == fault::stays_apart);
      const bool wrong = does == fault::hashes_apart && round == 1 && node == 2;
      json state{{"hash", behind ? "old" : wrong ? "wrong" : "new"}, {"memories", 7}};
      state["vector"] = behind ? "v1" : "v2";
      state["replicas"] = 3;
      to.call("state", nullptr, op_type::ok, state, {{"node", node}, {"space", "set"}});
    }
  }
  to.call("state", nullptr, op_type::fail, nullptr, {{"node", 4}, {"space", "set"}},
          {{"error", "unknown_space"}}); // what it told in the first round counts no more
  for (int round = 1; round <= 2; ++round)
    for (int node = 1; node <= 3; ++node)
      if (node < 3 || (round == 2 && does != fault::hides_a_copy))
        to.call("state", nullptr, op_type::ok, {{"hash", "new"}, {"memories", 7}},
                {{"node", node}, {"space", "set"}, {"alone", round}});
  return to.lines;
}

/// Two of three copies answer by themselves, of which one lacks what was just acknowledged.
history census_history(fault does) {
  script to;
  to.nemesis("formed", {{"nodes", 5}, {"factor", 3}});
  to.call("add", 1, op_type::ok, 1, {{"durability", "quorum"}}, {{"copies", 2}});
  to.call("add", 2, op_type::ok, 2, {{"durability", "local"}}, {{"copies", 1}});
  to.call("add", 3, op_type::ok, 3, {{"durability", "all"}}, {{"copies", 3}});
  to.nemesis("census", nullptr, {{"does", "start"}});
  to.call("read", nullptr, op_type::ok, {1, 2, 3}, {{"node", 1}, {"census", 1}});
  json there{3};
  if (does == fault::half_loses) there.clear();
  to.call("read", nullptr, op_type::ok, there, {{"node", 2}, {"census", 1}});
  if (does == fault::keeps_too_few) // the third answers too, and has it neither
    to.call("read", nullptr, op_type::ok, {3}, {{"node", 3}, {"census", 1}});
  else
    to.call("read", nullptr, op_type::info, nullptr, {{"node", 3}, {"census", 1}});
  return to.lines;
}

history service_history(fault does) {
  script to;
  to.nemesis("usage", {{"1", {{"memory", 1 << 20}, {"handles", 50}}}});
  const auto type = does == fault::never_serves ? op_type::fail : op_type::ok;
  to.call("add", 1, type, 1, {{"durability", "quorum"}});
  to.nemesis("kill", 2, {{"does", "start"}});
  to.nemesis("exited", {{"node", 2}, {"status", "signal 9"}, {"expected", true}});
  to.call("add", 2, op_type::fail, 2, {{"durability", "quorum"}});
  to.nemesis("kill", 2, {{"does", "stop"}});
  if (does == fault::dies)
    to.nemesis("exited", {{"node", 3}, {"status", "signal 6"}, {"expected", false}});
  to.call("add", 3, type, 3, {{"durability", "quorum"}});
  to.nemesis("formed", {{"nodes", 5}, {"factor", 3}});
  to.call("add", 4, type, 4, {{"durability", "quorum"}},
          {{"copies", does == fault::counts_too_few ? 1 : 2}});
  to.call("add", 5, type, 5, {{"durability", "local"}}, {{"copies", 1}});
  const int handles = does == fault::leaks ? 500 : 60;
  to.nemesis("usage", {{"1", {{"memory", 3 << 20}, {"handles", handles}}}});
  return to.lines;
}

void bites(const std::function<verdict(const history&)>& check,
           const std::function<history(fault)>& make, std::initializer_list<fault> faults) {
  const auto good = check(make(fault::none));
  CAPTURE(to_json(good).dump());
  CHECK(good.is == validity::valid);
  CHECK(check({}).is != validity::invalid);
  for (const auto each : faults) {
    const auto bad = check(make(each));
    CAPTURE(static_cast<int>(each));
    CAPTURE(to_json(bad).dump());
    CHECK(bad.is == validity::invalid);
    REQUIRE(!bad.findings.empty());
    CHECK(bad.findings_count >= bad.findings.size());
  }
}

TEST_CASE("a set that loses, doubles, invents or keeps what it refused is found out") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    bites(check_set, [seed](fault does) { return set_history(does, seed); },
          {fault::loses, fault::half_loses, fault::makes_up, fault::keeps_refused, fault::doubles});
}

TEST_CASE("a set that is stale for a moment is valid, and its latency is told") {
  const auto told = check_set(set_history(fault::none, 3));
  CHECK(told.facts["stable_latency_ms"]["count"].get<int>() > 0);
  bites(check_staleness, [](fault does) { return set_history(does, 3); }, {fault::stays_stale});
}

TEST_CASE("the counter-example of a loss is the write, its receipt and the read without it") {
  const auto lines = set_history(fault::loses, 1);
  const auto lost = check_set(lines).findings.at(0);
  REQUIRE(lost.ops.size() == 3);
  CHECK(lines[lost.ops[0]].f == "add");
  CHECK(lines[lost.ops[0]].type == op_type::invoke);
  CHECK(lines[lost.ops[1]].value == lines[lost.ops[0]].value);
  CHECK(lines[lost.ops[2]].f == "read");
}

TEST_CASE("a forgotten element that returns is found out, and so is forgetting too much") {
  bites(check_deletion, forget_history, {fault::resurrects, fault::forgets_more});
}

TEST_CASE("a session that does not see its writes, or goes back, is found out") {
  bites(check_session, session_history, {fault::ignores_tokens, fault::goes_back});
}

TEST_CASE("versions that vanish, or come from nowhere or a refusal, are found out") {
  bites(check_register, register_history,
        {fault::drops_version, fault::invents_version, fault::keeps_refused});
}

TEST_CASE(
    "a stream that repeats, loses, or shows its token's holder less than is settled is found") {
  bites(check_stream, stream_history, {fault::repeats, fault::overtakes, fault::loses});
  CHECK(check_stream(stream_history(fault::none)).facts["reads_with_token"] == 3);
}

TEST_CASE(
    "concepts that differ at equal vectors or in the end, or cite what is not there, are found") {
  bites(check_concepts, concepts_history,
        {fault::hashes_apart, fault::stays_apart, fault::keeps_refused, fault::makes_up,
         fault::resurrects});
}

TEST_CASE("a counter beyond what was tried, or unequal in the end, is found out") {
  bites(check_counter, counter_history, {fault::overcounts, fault::counts_apart});
}

TEST_CASE("a space that is gone, back, or at some nodes only is found out") {
  bites(check_spaces, spaces_history,
        {fault::loses_space, fault::revives_space, fault::lists_apart});
}

TEST_CASE("an answer that claims to miss nothing and does is found out") {
  bites(check_recall, recall_history, {fault::claims_all, fault::makes_up});
  auto cloned = recall_history(fault::claims_all); // then an old copy may have answered
  op clone;
  clone.f = "clone";
  clone.more["does"] = "start";
  cloned.insert(cloned.begin(), clone);
  CHECK(check_recall(cloned).is == validity::valid);
}

TEST_CASE("replicas that stay apart, agree late, or differ at equal vectors are found out") {
  bites([](const history& of) { return check_convergence(of); }, state_history,
        {fault::stays_apart, fault::converges_late, fault::hashes_apart, fault::hides_a_copy});
}

TEST_CASE("a cluster that never serves is found out; availability is told per phase") {
  bites(check_availability, service_history, {fault::never_serves});
  const auto told = check_availability(service_history(fault::none)).facts;
  CHECK(told["phases"]["calm"]["quorum"]["ok"] == 3);
  CHECK(told["phases"]["kill"]["quorum"]["fail"] == 1);
  CHECK(told["first_success_after_ms"]["kill"]["quorum"]["count"] == 1);
}

TEST_CASE("a time without success is told with what kept the machine itself waiting then") {
  script to;
  to.call("add", 1, op_type::ok, 1, {{"durability", "quorum"}});
  to.now += std::chrono::milliseconds(300);
  to.nemesis("stall", {{"late_ms", 1.0}, {"write_ms", 0.5}, {"sync_ms", 280.0}});
  to.call("add", 2, op_type::ok, 2, {{"durability", "quorum"}});
  to.now += std::chrono::milliseconds(100);
  to.call("add", 3, op_type::ok, 3, {{"durability", "quorum"}});
  const auto gaps = check_availability(to.lines).facts["longest_gaps"]["quorum"];
  REQUIRE(gaps.size() == 2);
  CHECK(gaps[0]["ms"] == 303.0);
  CHECK(gaps[0]["sync_ms"] == 280.0);
  CHECK_FALSE(gaps[1].contains("sync_ms"));
}

TEST_CASE("a receipt that names fewer copies than was asked for is found out") {
  bites(check_durability, service_history, {fault::counts_too_few});
}

TEST_CASE("what is on fewer copies than its level asks for is found out when they are counted") {
  bites(check_durability, census_history, {fault::keeps_too_few, fault::half_loses});
  auto harmed = census_history(fault::keeps_too_few);
  harmed.front().f = "restore"; // then a copy may have lost it since
  CHECK(check_durability(harmed).facts["censuses"] == "not judged: data was harmed");
}

TEST_CASE("a node that ends unasked is found out") {
  bites(check_exits, service_history, {fault::dies});
}

TEST_CASE("a node that keeps descriptors is found out, and the memory that grew is told") {
  bites(check_usage, service_history, {fault::leaks});
  CHECK(check_usage(service_history(fault::none)).facts["memory_grown_mb"] == 2);
}

TEST_CASE("a log that shows a failed check is found out, with its line") {
  CHECK(check_logs({{"n1", "all is well\n"}}).is == validity::valid);
  const auto bad = check_logs({{"n1", "fine\na.cpp:7: CHECK(a == b) failed\nmore\n"}});
  CHECK(bad.is == validity::invalid);
  CHECK(bad.findings.at(0).what == "n1: a.cpp:7: CHECK(a == b) failed");
}

TEST_CASE("every workload has checkers, and an unknown name is refused with those there are") {
  for (const char* name :
       {"set", "forget", "causal", "register", "stream", "counter", "recall", "concepts", "spaces"})
    CHECK(check_workload(name, {}).has_value());
  CHECK(check_by_name("nonsense", {}).error().context.find("deletion") != std::string::npos);
}

} // namespace
} // namespace engram::jepsen

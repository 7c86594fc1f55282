#include "client/dev/child_process.hpp"
#include "client/dev/dev_plan.hpp"
#include "client/dev/line_splitter.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>
#include <set>

namespace engram::client {
namespace {

std::string joined(const dev_node& node) {
  std::string made;
  for (const auto& each : node.flags) made.append(made.empty() ? "" : " ").append(each);
  return made;
}

} // namespace

TEST_SUITE_BEGIN("client");

TEST_CASE("a local cluster has one node that founds it and others that join that one") {
  const auto plan = plan_dev({3, 7432, "/data", {"--log-level", "debug"}});
  REQUIRE(plan);
  REQUIRE(plan->size() == 3);
  CHECK(joined(plan->at(0)) ==
        "--data /data/n1 --rpc 127.0.0.1:7433 --http 127.0.0.1:7432 --gossip 127.0.0.1:7434 "
        "--log-level debug");
  CHECK(joined(plan->at(2)) ==
        "--data /data/n3 --rpc 127.0.0.1:7439 --http 127.0.0.1:7438 --gossip 127.0.0.1:7440 "
        "--join 127.0.0.1:7434 --log-level debug");
}

TEST_CASE("no two nodes of a local cluster share a port, up to the last port there is") {
  const auto plan = plan_dev({DEV_NODES_MAX, 65'536 - 3 * DEV_NODES_MAX, "/data", {}});
  REQUIRE(plan);
  std::set<std::string> ports;
  for (const auto& each : *plan) ports.insert({each.rpc, each.http, each.gossip});
  CHECK(ports.size() == 3 * DEV_NODES_MAX);
  CHECK(ports.count("127.0.0.1:65535") == 1);
  CHECK_FALSE(plan_dev({DEV_NODES_MAX, 65'537 - 3 * DEV_NODES_MAX, "/data", {}}));
  CHECK_FALSE(plan_dev({0, 7432, "/data", {}}));
  CHECK_FALSE(plan_dev({DEV_NODES_MAX + 1, 7432, "/data", {}}));
  CHECK_FALSE(plan_dev({1, 0, "/data", {}}));
}

TEST_CASE("lines come out whole whatever pieces they came in") {
  line_splitter lines;
  std::vector<std::string> seen;
  const auto take = [&](std::string_view line) { seen.emplace_back(line); };
  for (const char* piece : {"on", "e\ntw", "o\n\nthr", "ee"}) lines.add(piece, take);
  CHECK(seen == std::vector<std::string>{"one", "two", ""});
  lines.end(take);
  lines.end(take);
  CHECK(seen == std::vector<std::string>{"one", "two", "", "three"});
}

TEST_CASE("a line without an end is not held for ever") {
  line_splitter lines;
  std::size_t pieces = 0, bytes = 0;
  const auto take = [&](std::string_view line) { ++pieces, bytes += line.size(); };
  lines.add(std::string(3 * line_splitter::LINE_BYTES_MAX + 5, 'x'), take);
  CHECK(pieces == 3);
  lines.end(take);
  CHECK(bytes == 3 * line_splitter::LINE_BYTES_MAX + 5);
}

TEST_CASE("the end of a process is told in words") {
  CHECK(end_text(3 << 8) == "exit code 3");
  CHECK(end_text(9) == "signal 9 (Killed)");
}

TEST_SUITE_END();

} // namespace engram::client

#include "jepsen/check/checkers.hpp"
#include "jepsen/stage/clock.hpp"
#include "jepsen/stage/cluster.hpp"
#include "tests/support/doctest.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace engram::jepsen {
namespace {

namespace fs = std::filesystem;

/// A folder that is gone with the test, and in it a program that passes for a node.
class small_stage {
public:
  explicit small_stage(const std::string& program) {
    int number = 0;
    do { // creating tells whether somebody else has the name
      folder_ = fs::temp_directory_path() / ("engram-stage-" + std::to_string(number++));
    } while (!fs::create_directory(folder_));
    std::ofstream(binary()) << "#!/bin/sh\n" << program;
    fs::permissions(binary(), fs::perms::owner_all);
  }
  ~small_stage() { fs::remove_all(folder_); }

  fs::path binary() const { return folder_ / "node"; }
  fs::path run() const { return folder_ / "run"; }

private:
  fs::path folder_;
};

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

void wait_until_it_ended(cluster& on, int node) {
  while (on.runs(node)) std::this_thread::yield();
}

TEST_CASE("of a node that ends by a signal data and log stay as they were, though it comes anew") {
  // node --data FOLDER ...
  const small_stage stage("echo \"life $(cat $3/life)\"\nkill -SEGV $$\n");
  const real_clock clock;
  recorder book(clock, "");
  cluster nodes({stage.binary(), stage.run(), 1, {}}, book);
  REQUIRE(nodes.prepare());
  for (const char* life : {"one", "two"}) {
    std::ofstream(nodes.data(1) + "/life") << life;
    REQUIRE(nodes.start(1));
    wait_until_it_ended(nodes, 1);
    nodes.watch();
    nodes.renew(1);
  }
  CHECK(fs::is_empty(nodes.data(1)));
  CHECK(text_of(nodes.log(1)) == "life one\nlife two\n");
  CHECK(text_of(stage.run() / "ended-n1" / "data" / "life") == "one");
  CHECK(text_of(stage.run() / "ended-n1" / "log") == "life one\n");

  const auto verdict = check_exits(book.taken());
  REQUIRE(verdict.findings.size() == 2);
  CHECK(verdict.findings[0].what ==
        "node 1 ended unasked: signal 11 (data and log as they were then: ended-n1)");
}

TEST_CASE("of a node that was told to end nothing is kept") {
  const small_stage stage("trap 'exit 0' TERM\necho >$3/ready\nwhile :; do sleep 0.01; done\n");
  const real_clock clock;
  recorder book(clock, "");
  cluster nodes({stage.binary(), stage.run(), 2, {}}, book);
  REQUIRE(nodes.prepare());
  for (const int node : {1, 2}) {
    REQUIRE(nodes.start(node));
    while (!fs::exists(nodes.data(node) + "/ready")) std::this_thread::yield();
  }
  nodes.kill(1);
  CHECK(nodes.stop(2, std::chrono::minutes(1)) == "exit 0");
  CHECK_FALSE(fs::exists(stage.run() / "ended-n1"));
  CHECK_FALSE(fs::exists(stage.run() / "ended-n2"));
  CHECK(check_exits(book.taken()).is == validity::valid);
}

} // namespace
} // namespace engram::jepsen

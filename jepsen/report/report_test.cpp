#include "jepsen/report/report.hpp"
#include "tests/support/doctest.hpp"

namespace engram::jepsen {
namespace {

run_result broken_run() {
  run_result made;
  const auto say = [&made](int process, op_type type, const char* f, json value) {
    op line;
    line.index = made.history.size();
    line.time = std::chrono::milliseconds(10 * line.index);
    line.process = process;
    line.type = type;
    line.f = f;
    line.value = std::move(value);
    line.more = {{"node", 1}, {"context", "</script><b>"}};
    if (process == NEMESIS) line.more["does"] = line.index < 4 ? "start" : "stop";
    made.history.push_back(std::move(line));
  };
  say(0, op_type::invoke, "add", 1);
  say(0, op_type::ok, "add", 1);
  say(1, op_type::invoke, "add", 2);
  say(NEMESIS, op_type::info, "kill", {{"nodes", {2}}});
  say(NEMESIS, op_type::info, "kill", {{"nodes", {2}}});
  say(0, op_type::invoke, "read", nullptr);
  made.history.back().more["final"] = true;
  say(0, op_type::ok, "read", json::array());
  made.verdicts = {check_set(made.history)};
  made.lacks = {"no partition: nft is not installed"};
  return made;
}

TEST_CASE("a text report names the verdict, what is broken, and what this machine lacks") {
  const auto text = text_report("set-kill", broken_run());
  CHECK(text.find("set-kill: INVALID") == 0);
  CHECK(text.find("! element 1 is lost") != std::string::npos);
  CHECK(text.find("lacking here: no partition") != std::string::npos);
}

TEST_CASE("a counter-example holds the operations that matter and what was done between them") {
  const auto run = broken_run();
  const auto shown = counter_example(run.history, run.verdicts);
  REQUIRE(shown.size() == 5); // the write and its receipt, two steps of the nemesis, the read
  CHECK(shown.front().index == 0);
  CHECK(shown.back().index == 6);
}

TEST_CASE("a page takes every line that the harness writes about nodes") {
  auto run = broken_run();
  op formed;
  formed.process = NEMESIS;
  formed.type = op_type::info;
  formed.f = "formed";
  formed.value = {{"nodes", 5}, {"factor", 3}}; // a number here, a list in a step of the nemesis
  run.history.insert(run.history.begin(), formed);
  CHECK(html_report("set-kill", run).find("element 1 is lost") != std::string::npos);
}

TEST_CASE("a page needs nothing from anywhere else, and no value can end its script") {
  const auto page = html_report("set-kill", broken_run());
  for (const char* reference : {"src=", "href=", "@import", "url("})
    CHECK(page.find(reference) == std::string::npos);
  CHECK(page.find("</script>") == page.rfind("</script>"));
  CHECK(page.find("element 1 is lost") != std::string::npos);
}

} // namespace
} // namespace engram::jepsen

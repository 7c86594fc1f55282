#include "jepsen/history/recorder.hpp"
#include "tests/support/doctest.hpp"

#include <sstream>

namespace engram::jepsen {
namespace {

struct stepping_clock final : base::clock {
  base::instant wall() const override { return {}; }
  std::chrono::nanoseconds monotonic() const override { return std::chrono::nanoseconds(++ticks); }
  mutable std::int64_t ticks = 0;
};

op invocation(int process, std::string f, json value) {
  op made;
  made.process = process;
  made.f = std::move(f);
  made.value = std::move(value);
  made.more["space"] = "set";
  return made;
}

TEST_CASE("a completion's type is the certainty of its error, for every code there is") {
  const op asked = invocation(0, "add", 1);
  for (const auto& row : base::error_table()) {
    const bool certain = row.certainty == base::certainty::definite;
    CHECK(completed(asked, base::error{row.code, ""}).type ==
          (certain ? op_type::fail : op_type::info));
  }
  CHECK(completed(asked, json(1)).type == op_type::ok);
}

TEST_CASE("a recorded history reads back as it was, and its times never go back") {
  stepping_clock clock;
  recorder book(clock, "");
  const op asked = book.add(invocation(3, "add", json{1, "a\"b"}));
  book.add(completed(asked, base::error{base::errc::timed_out, "no answer"}));
  op cut;
  cut.f = "partition";
  cut.type = op_type::info;
  book.add(cut);
  std::stringstream file;
  write_history(book.taken(), file);
  const auto read = read_history(file);
  REQUIRE(read);
  CHECK(*read == book.taken());
  CHECK((*read)[1].time > (*read)[0].time);
  CHECK((*read)[1].text("error") == "timed_out");
  CHECK((*read)[2].process == NEMESIS);
}

TEST_CASE("a damaged line is named") {
  std::stringstream file("{\"index\":0,\"time\":1,\"process\":0,\"type\":\"ok\",\"f\":\"x\"}\n{");
  const auto read = read_history(file);
  REQUIRE(!read);
  CHECK(read.error().context.find("line 2") != std::string::npos);
}

TEST_CASE("EDN has Jepsen's keywords") {
  op cut;
  cut.f = "partition";
  cut.type = op_type::info;
  cut.value = json{{"n1", json::array({"n2"})}};
  std::stringstream out;
  write_edn({invocation(1, "add", json{1, nullptr}), cut}, out);
  CHECK(out.str() == "{:index 0, :time 0, :process 1, :type :invoke, :f :add, :value [1 nil], "
                     ":space \"set\"}\n"
                     "{:index 0, :time 0, :process :nemesis, :type :info, :f :partition, :value "
                     "{:n1 [\"n2\"]}}\n");
}

TEST_CASE("operations pair by process; one that never completed may have happened") {
  const op first = invocation(0, "add", 1), second = invocation(1, "read", nullptr);
  const history lines{first, second, completed(second, json::array()), invocation(1, "add", 2)};
  const auto all = pair(lines);
  REQUIRE(all.size() == 3);
  CHECK(all[0].is(op_type::info));
  CHECK(all[1].is(op_type::ok));
  CHECK(pair(lines, "add").size() == 2);
  CHECK(within(lines, "se").size() == lines.size());
  CHECK(within(lines, "other").empty());
}

} // namespace
} // namespace engram::jepsen

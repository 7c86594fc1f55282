#include "jepsen/run/planted.hpp"
#include "jepsen/workload/workload.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>

namespace engram::jepsen {
namespace {

TEST_CASE("at least twelve defects are planted, each where the checker meant for it is asked") {
  const auto all = plants(1);
  std::set<std::string> names;
  for (const auto& each : all) {
    CAPTURE(each.defect);
    CHECK(names.insert(each.defect).second);
    CHECK(each.how.planted == each.defect);
    CHECK(make_workload(each.how.workload, {}).has_value());
    CHECK(make_schedule({each.how.faults, each.how.nodes, 1, each.how.time, 1}).has_value());
    const auto asked = judge({}, each.how.workload);
    REQUIRE(asked.has_value());
    for (const auto& checker : each.checkers)
      CHECK(std::any_of(asked->begin(), asked->end(),
                        [&checker](const verdict& one) { return one.checker == checker; }));
  }
  CHECK(names.size() >= 12);
}

TEST_CASE("the table tells a defect that only others found from one that was found") {
  const auto text = table_of(std::vector<plant_row>{
      {"lose_tail", "set-kill-3n-1", {"set", "exits"}, true, 1, 7},
      {"claim_all", "recall-kill-3n-3", {}, false, 3, 0},
  });
  CHECK(text.find("| `lose_tail` | set-kill-3n-1 | 1 | 7 | exits, set |") != std::string::npos);
  CHECK(text.find("| 3 | 0 | NOT by the right one: nobody |") != std::string::npos);
}

} // namespace
} // namespace engram::jepsen

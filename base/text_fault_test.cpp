#include "base/text_fault.hpp"
#include "tests/support/doctest.hpp"

namespace engram::base {
namespace {

TEST_SUITE("base") {

  TEST_CASE("where a text is wrong reads back from what is said of it") {
    for (const text_fault& fault :
         {text_fault{1, 12, "expected a clause of RECALL, found LIMT", "LIMIT"},
          text_fault{3, 1, "no value was given for $name: a text", ""}, text_fault{40, 7, "", "x"}})
      CHECK(read_text_fault(to_string(fault)) == fault);
  }

  TEST_CASE("what is not said of a text has no place") {
    for (const char* other : {"", "12", "12:", "1:2", "1:2:", "1:x: y", "0:1: y", "1:2:y", ":: y",
                              "99999999999:1: y", "space=notes"})
      CHECK_FALSE(read_text_fault(other));
  }

  TEST_CASE("the mark stands below the place, on its line") {
    CHECK(point_at({2, 3, "wrong", ""}, "a\nbcd\ne") == "bcd\n  ^ wrong");
    CHECK(point_at({1, 99, "the end", "x"}, "ab") == "ab\n  ^ the end; did you mean x?");
    CHECK(point_at({5, 1, "wrong", ""}, "") == "\n^ wrong");
  }

} // TEST_SUITE
} // namespace
} // namespace engram::base

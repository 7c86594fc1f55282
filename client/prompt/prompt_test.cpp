// What is typed into `engram shell`: statements, and what may come next.
#include "client/prompt/completion.hpp"
#include "client/prompt/statements.hpp"
#include "tests/support/doctest.hpp"

namespace engram::client {
namespace {

vocabulary known() {
  vocabulary made;
  made.language.verbs = {
      {"RECALL",
       "",
       "",
       {{"WITH", ""}, {"WITHOUT SPREADING", ""}, {"IN SPACE", ""}, {"LIMIT", ""}}},
      {"SPREAD", "", "", {{"FROM", ""}, {"MAX HOPS", ""}, {"LIMIT", ""}}}};
  made.spaces = {"diary", "notes", "novels"};
  made.commands = {"\\help", "\\q", "\\use"};
  return made;
}
using words = std::vector<std::string>;
words after(std::string_view text) { return complete(known(), text).words; }

} // namespace

TEST_SUITE_BEGIN("client");

TEST_CASE("a statement ends at a semicolon that is no part of a text or comment") {
  const auto rest = [](std::string_view text) -> std::string {
    const auto end = end_of_statement(text);
    return end == std::string_view::npos ? "goes on" : std::string(text.substr(end));
  };
  CHECK(rest("RECALL \"a\"; RECALL \"b\";") == " RECALL \"b\";");
  CHECK(rest("RECALL \"a;b\"") == "goes on");
  CHECK(rest("RECALL 'a;\\'b'; x") == " x");
  CHECK(rest("RECALL \"a\" -- ; aside\n; x") == " x");
  CHECK(rest("RECALL \"never closed;") == "goes on");
  CHECK(rest("RECALL \"a\\") == "goes on");
  CHECK(rest("WHEN = 2023-05-08;") == "");
}

TEST_CASE("blanks, comments and semicolons are no statement") {
  CHECK(is_blank(""));
  CHECK(is_blank(" \n-- aside\n ; "));
  CHECK_FALSE(is_blank("''"));
  CHECK_FALSE(is_blank("x"));
  CHECK(trimmed(" \n a b\t") == "a b");
}

TEST_CASE("first comes a verb, then its clauses, and what a clause has begun with") {
  CHECK(after("") == words{"EXPLAIN", "RECALL", "SPREAD"});
  CHECK(after("EXPLAIN ") == words{"RECALL", "SPREAD"});
  CHECK(after("re") == words{"recall"});
  CHECK(after("RECALL \"x\" WITH") == words{"WITH", "WITHOUT"});
  CHECK(after("RECALL \"x\" WITHOUT ") == words{"SPREADING"});
  CHECK(after("SPREAD FROM a MAX H") == words{"HOPS"});
  CHECK(after("SPREAD FROM a W").empty());
  CHECK(after("recall 'x'\nl") == words{"limit"});
}

TEST_CASE("behind IN SPACE, and in its list, come the names of spaces") {
  CHECK(after("RECALL \"x\" IN SPACE no") == words{"notes", "novels"});
  CHECK(after("RECALL \"x\" in space notes, d") == words{"diary"});
  CHECK(after("\\use n") == words{"notes", "novels"});
  CHECK(after("RECALL \"x\" IN SPACE notes L") == words{"LIMIT"});
}

TEST_CASE("inside a text nothing is completed") {
  CHECK(after("RECALL \"re").empty());
  CHECK(after("RECALL \"x\" -- l").empty());
}

TEST_CASE("what all that fits begins with is written; the only one with a blank behind") {
  CHECK(complete(known(), "RECALL \"x\" WI").common == "WITH");
  CHECK(complete(known(), "RECALL \"x\" IN SPACE no").common == "no");
  CHECK(complete(known(), "RECALL \"x\" li").common == "limit ");
  CHECK(complete(known(), "\\h").common == "\\help ");
  CHECK(complete(known(), "\\help s").common == "spread ");
  CHECK(complete(known(), "zzz").common.empty());
}

TEST_SUITE_END();

} // namespace engram::client

// The verbs as commands: which statement the flags make, and that nothing typed becomes part of it.
#include "client/cli/verbs.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>
#include <string_view>

namespace engram::client {
namespace {

const verb_command& command(std::string_view name) {
  const auto all = verb_commands();
  const auto at = std::find_if(all.begin(), all.end(),
                               [&](const verb_command& each) { return name == each.name; });
  REQUIRE(at != all.end());
  return *at;
}

/// The statement, and the parameters that are texts, "TEXT | $p1=..".
std::string made(std::string_view name, const std::vector<std::string>& words,
                 const flag_values& values, bool explain = false) {
  const auto statement = statement_of(command(name), words, values, explain);
  if (!statement) return statement.error().context;
  std::string out = statement->text;
  for (const auto& [parameter, value] : statement->parameters) {
    out += " | " + parameter + "=";
    if (const auto* text = std::get_if<std::string>(&value)) out += *text;
    if (const auto* number = std::get_if<double>(&value)) out += std::to_string(*number);
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value))
      for (const auto& each : *texts) out += each + ";";
  }
  return out;
}

} // namespace

TEST_SUITE_BEGIN("client");

TEST_CASE("flags become clauses, and what they hold becomes parameters") {
  CHECK(made("recognize", {"New", "release"}, {{"--who", {"Ada", "Bo"}}, {"--limit", {"3"}}}) ==
        "RECOGNIZE what = $p1, who = $p2 LIMIT $p3 | p1=New release | p2=Ada;Bo; | p3=3.000000");
  CHECK(
      made("complete", {"fix"}, {{"--missing", {"who", "tag"}}, {"--confidence", {"0.5"}}}, true) ==
      "EXPLAIN COMPLETE what = $p1 MISSING who, tag CONFIDENCE >= $p2 | p1=fix | p2=0.500000");
  CHECK(made("predict", {"who"}, {{"--session", {"tar"}}, {"--horizon", {"30 days"}}}) ==
        "PREDICT who GIVEN SESSION $p1 HORIZON 30 days | p1=tar");
  CHECK(made("imagine", {"a", "picnic"}, {{"--based-on", {"m1", "m2"}}, {"--novelty", {"0.7"}}}) ==
        "IMAGINE $p1 BASED ON $p2 NOVELTY $p3 | p1=a picnic | p2=m1;m2; | p3=0.700000");
  CHECK(made("reminisce", {"the", "move"}, {{"--around", {"2023-05"}}, {"--within", {"2weeks"}}}) ==
        "REMINISCE ABOUT $p1 AROUND $p2 WITHIN 2 weeks | p1=the move | p2=2023-05");
  CHECK(made("imagine", {}, {{"--based-on", {"m1"}}}) == "IMAGINE BASED ON $p1 | p1=m1");
  CHECK(made("revise", {"m1"}, {{"--text", {"new"}}, {"--place", {"Kent"}}, {"--as", {"m2"}}}) ==
        "REVISE $p1 TO what = $p2, place = $p3 NAMED $p4 | p1=m1 | p2=new | p3=Kent | p4=m2");
  CHECK(made("dream", {}, {{"--replays", {"3"}}}) == "DREAM REPLAYS $p1 | p1=3.000000");
}

TEST_CASE("what is typed never becomes part of the statement") {
  CHECK(made("recognize", {"x\" LIMIT 1; CONSOLIDATE"}, {}) ==
        "RECOGNIZE what = $p1 | p1=x\" LIMIT 1; CONSOLIDATE");
  for (const char* span : {"", "7", "days", "7 days; x", "7 2 days", "x days", "7 days LIMIT 1"})
    CHECK(made("predict", {"who"}, {{"--horizon", {span}}}).find("wanted") != std::string::npos);
  CHECK(made("predict", {"who GIVEN"}, {}).find("wanted") != std::string::npos);
  CHECK(made("complete", {"x"}, {{"--missing", {"who, tag"}}}).find("wanted") != std::string::npos);
  CHECK(made("imagine", {"x"}, {{"--novelty", {"1; x"}}}).find("wanted") != std::string::npos);
}

TEST_CASE("a parameter is a text, or with := a number or a list") {
  const auto value = [](const std::string& typed) { return read_parameter(typed).value().second; };
  CHECK(read_parameter("cue=a=b").value().first == "cue");
  CHECK(std::get<std::string>(value("cue=a=b")) == "a=b");
  CHECK(std::get<std::string>(value("cue=")).empty());
  CHECK(std::get<std::string>(value("cue=5")) == "5");
  CHECK(read_parameter("n:=5").value().first == "n");
  CHECK(std::get<double>(value("n:=5")) == 5);
  CHECK(std::get<double>(value("n:=-2.5e3")) == -2500);
  CHECK(std::get<std::string>(value("t:=\"5\"")) == "5");
  CHECK(std::get<std::vector<double>>(value("v:=[1, 2.5]")) == std::vector<double>{1, 2.5});
  CHECK(std::get<std::vector<std::string>>(value("l:=[\"a\", \"b\"]")) ==
        std::vector<std::string>{"a", "b"});
  for (const char* wrong : {"", "x", "=x", "n:=", "n:=x", "n:=[]", "n:=[1,\"a\"]", "n:={}",
                            "n:=null", "n:=1,2", "n:=[[1]]", "n:=1]", "n:=\"a"})
    CHECK_FALSE(read_parameter(wrong));
}

TEST_SUITE_END();

} // namespace engram::client

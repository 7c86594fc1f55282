#include "client/ids.hpp"
#include "client/import/changelog.hpp"
#include "client/import/git.hpp"
#include "client/import/jsonl.hpp"
#include "client/import/wordnet.hpp"
#include "tests/support/doctest.hpp"

namespace engram::client {
namespace {

base::errc refused(const std::string& line) {
  const auto got = jsonl_parser("set").parse(line);
  return got ? base::errc::ok : got.error().code;
}

constexpr std::string_view CHANGELOG = R"(heron (1.2-1) unstable; urgency=medium

  * Look for fish near the weir.
    Closes: #123
  * Fly only when the river freezes.

 -- Ada Lovelace <ada@example.org>  Wed, 08 May 2024 12:00:00 +0200

heron (1.1-1) unstable; urgency=low

  * First flight.

 -- Björn Tester <bjorn@example.org>  Tue, 07 May 2024 08:30:00 +0000

Old entries follow in another form.
)";

constexpr std::string_view PENGUIN =
    "02057330 05 n 02 penguin 0 penguin_bird 1 002 @ 02056728 n 0000 ~ 02057498 n 0000 | a bird "
    "that swims; \"the penguin dived\"";

} // namespace

TEST_SUITE_BEGIN("client");

// -- jsonl --

TEST_CASE("a line with every field becomes that memory") {
  const auto got = jsonl_parser("set").parse(
      R"({"set":"diary","id":"d1","text":"We saw a heron","title":"Walk",)"
      R"("when":"2024-05-08T10:00Z",)"
      R"("speaker":"Ada","who":["Chen","Ada"],"place":"weir","session":7,"tags":"birds",)"
      R"("embedding":[1,0,-1],"confidence":0.5,"order":3,)"
      R"("associations":[{"target":"d0","kind":"continues","weight":0.25}],"unknown":{"x":[1]}})");
  REQUIRE(got);
  CHECK(got->set == "diary");
  CHECK(got->what.id == "d1");
  CHECK(got->what.text == "We saw a heron");
  CHECK(got->what.title == "Walk");
  CHECK(got->what.when == base::parse_time("2024-05-08T10:00Z"));
  CHECK(got->what.speaker == "Ada");
  CHECK(got->what.who == std::vector<std::string>{"Chen", "Ada"});
  CHECK(got->what.place == "weir");
  CHECK(got->what.session == "7");
  CHECK(got->what.tags == std::vector<std::string>{"birds"});
  REQUIRE(got->what.embedding);
  CHECK(got->what.embedding->values == std::vector<std::int8_t>{127, 0, -127});
  CHECK(got->what.confidence == 0.5);
  CHECK(got->what.order == 3);
  REQUIRE(got->associations.size() == 1);
  CHECK(got->associations[0].source == "d1");
  CHECK(got->associations[0].target == "d0");
  CHECK(got->associations[0].weight == 0.25);
}

TEST_CASE("null means absent, and a date that cannot be read costs the date only") {
  const auto got = jsonl_parser("set").parse(
      R"({"set":"s","id":"a","text":"t","title":null,"when":"the day before yesterday"})");
  REQUIRE(got);
  CHECK(got->what.title.empty());
  CHECK_FALSE(got->what.when);
  CHECK(got->unread_date == "the day before yesterday");
}

TEST_CASE("a line without an id is named after its bytes, so that it is stored once") {
  jsonl_parser parser("set");
  const auto one = parser.parse(R"({"set":"s","text":"first"})");
  const auto same = parser.parse(R"({"set":"s","text":"first"})");
  const auto other = parser.parse(R"({"set":"s","text":"second"})");
  CHECK(one->what.id == same->what.id);
  CHECK(one->what.id != other->what.id);
}

TEST_CASE("what is no memory is refused with the reason") {
  CHECK(refused("") == base::errc::malformed_message);
  CHECK(refused("not json") == base::errc::malformed_message);
  CHECK(refused("[1,2]") == base::errc::malformed_message);
  CHECK(refused(R"({"set":"s","id":"a"})") == base::errc::empty_text);
  CHECK(refused(R"({"set":"s","text":""})") == base::errc::empty_text);
  CHECK(refused(R"({"id":"a","text":"no set"})") == base::errc::invalid_argument);
  CHECK(refused(R"({"set":"s","text":{"a":1}})") == base::errc::invalid_argument);
  CHECK(refused("{\"set\":\"s\",\"text\":\"caf\xe9\"}") != base::errc::ok);
  CHECK(refused(R"({"set":"s","text":"t","embedding":["x"]})") != base::errc::ok);
}

TEST_CASE("a question keeps its q as it was, number or text") {
  jsonl_parser parser("set");
  CHECK(parser.parse_question(R"({"set":"s","q":12,"question":"why"})")->q == "12");
  CHECK(parser.parse_question(R"({"set":"s","q":"a","question":"why"})")->q == "\"a\"");
  CHECK_FALSE(parser.parse_question(R"({"set":"s","q":1})"));
}

// -- changelogs --

TEST_CASE("a changelog's entries are memories with who, what and when, newest first") {
  const auto got = parse_changelog(CHANGELOG);
  REQUIRE(got.size() == 2);
  REQUIRE(got[0].outcome);
  const episode& newest = got[0].outcome->what;
  CHECK(newest.id == "heron/1.2-1");
  CHECK(newest.session == "heron");
  CHECK(newest.who == std::vector<std::string>{"Ada Lovelace"});
  CHECK(newest.when == base::parse_time("2024-05-08T10:00:00Z"));
  CHECK(newest.text.find("Look for fish near the weir. Closes: #123") != std::string::npos);
  CHECK(newest.text.find("urgency") == std::string::npos);
  REQUIRE(got[1].outcome);
  CHECK(got[1].outcome->what.who == std::vector<std::string>{"Björn Tester"});
}

TEST_CASE("a changelog in Latin-1 is read as Latin-1") {
  std::string text{CHANGELOG};
  text.replace(text.find("ö"), std::string_view{"ö"}.size(), "\xf6");
  const auto got = parse_changelog(text);
  REQUIRE(got.size() == 2);
  REQUIRE(got[1].outcome);
  CHECK(got[1].outcome->what.who == std::vector<std::string>{"Björn Tester"});
}

TEST_CASE("a file without any changelog entry is refused once, with its line") {
  const auto got = parse_changelog("\nnothing of that kind\n");
  REQUIRE(got.size() == 1);
  REQUIRE_FALSE(got[0].outcome);
  CHECK(got[0].place == "line 2");
}

// -- WordNet --

TEST_CASE("a synset line becomes a memory named by word, kind and sense, with typed associations") {
  synset_names names;
  REQUIRE(names.add_index_line("penguin n 1 2 @ ~ 1 1 02057330"));
  REQUIRE(names.add_index_line("seabird n 1 1 ~ 1 0 02056728"));
  names.name('n', 2057330, "penguin.n.01");
  names.name('n', 2056728, "seabird.n.01");
  const auto read = parse_synset(PENGUIN);
  REQUIRE(read);
  const auto made = make_memory(*read, names);
  CHECK(made.what.id == "penguin.n.01");
  CHECK(made.what.title == "penguin, penguin bird");
  CHECK(made.what.text.find("a bird that swims") != std::string::npos);
  REQUIRE(made.associations.size() == 1); // the other end has no name
  CHECK(made.associations[0].kind == "hypernym");
  CHECK(made.associations[0].target == "seabird.n.01");
}

TEST_CASE("lines that are no synsets are refused") {
  for (const std::string_view line :
       {"", "  1 This software is", "02057330", "02057330 05 n", "02057330 05 n 02 penguin 0",
        "xx 05 n 01 penguin 0 000 | g", "02057330 05 n zz penguin 0 000 | g"}) {
    CAPTURE(line);
    CHECK_FALSE(parse_synset(line));
  }
}

// -- git --

TEST_CASE("a commit is a memory with author, time, message and files") {
  const std::string hash(40, 'a');
  const auto got = parse_commit(hash + "\x1f"
                                       "Ada\x1f"
                                       "ada@example.org\x1f"
                                       "1715169600\x1f"
                                       "Oil the engine\x1f"
                                       "It squeaked.\x1f\n\nengine.c\nREADME\n",
                                "mill");
  REQUIRE(got.outcome);
  const episode& what = got.outcome->what;
  CHECK(what.id == hash);
  CHECK(what.speaker == "Ada");
  CHECK(what.session == "mill");
  CHECK(what.when == base::instant{1'715'169'600'000});
  CHECK(what.text.find("It squeaked.") != std::string::npos);
  CHECK(what.text.find("engine.c") != std::string::npos);
  CHECK_FALSE(parse_commit("abc\x1f"
                           "Ada",
                           "mill")
                  .outcome);
}

// -- names --

TEST_CASE("every set gets the name of a space, the same every time, and different sets differ") {
  CHECK(*space_name_of("conv-26") == "conv-26");
  CHECK(*space_name_of("My Diary!") == "my-diary");
  const auto lengthy = space_name_of(std::string(200, 'x'));
  REQUIRE(lengthy);
  CHECK(is_space_name(*lengthy));
  CHECK(*lengthy != *space_name_of(std::string(201, 'x')));
  CHECK_FALSE(space_name_of("!!!"));
}

TEST_CASE("drawn ids are UUIDs of version 7 that sort by their time") {
  const auto early = uuid7({1'000}, {1, 2}), late = uuid7({2'000}, {0, 0});
  CHECK(early < late);
  CHECK(early.size() == 36);
  CHECK(early[14] == '7');
  CHECK(draw_id() != draw_id());
}

TEST_SUITE_END();

} // namespace engram::client

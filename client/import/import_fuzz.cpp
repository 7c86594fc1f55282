// Whatever bytes an input holds: every importer ends, and gives memories that are valid UTF-8 or a
// reason. Seeds are fixed and printed.
#include "base/bytes.hpp"
#include "base/random.hpp"
#include "client/import/changelog.hpp"
#include "client/import/git.hpp"
#include "client/import/jsonl.hpp"
#include "client/import/wordnet.hpp"
#include "tests/support/damaged_text.hpp"
#include "tests/support/doctest.hpp"

#include <functional>

namespace engram::client {
namespace {

void check_memory(const import_item& item) {
  for (const std::string* text : {&item.what.id, &item.what.text, &item.what.title,
                                  &item.what.speaker, &item.what.session, &item.what.place})
    CHECK_FALSE(base::invalid_utf8_at(*text));
  CHECK_FALSE(item.what.text.empty());
}

void check_records(const std::vector<import_record>& records) {
  for (const import_record& record : records)
    if (record.outcome)
      check_memory(*record.outcome);
    else
      CHECK_FALSE(record.place.empty());
}

void feed(const std::string& good, std::uint64_t seed,
          const std::function<void(const std::string&)>& parse) {
  base::random random(seed);
  for (int round = 0; round < 3'000; ++round) {
    const std::string input = damaged_text(good, random, "\n\x1f{}[]\",:|@ ");
    CAPTURE(seed);
    CAPTURE(round);
    parse(input);
  }
}

} // namespace

TEST_SUITE_BEGIN("client");

TEST_CASE("any line is a memory or refused") {
  jsonl_parser parser("set");
  feed(R"({"set":"d","id":"a","text":"We saw","who":["C"],"when":12.5,"embedding":[1,-2e3],)"
       R"("associations":[{"target":"b","kind":"k","weight":1}],"confidence":0.5})",
       1, [&](const std::string& line) {
         if (const auto got = parser.parse(line)) check_memory(*got);
         (void)parser.parse_question(line);
       });
}

TEST_CASE("any changelog gives memories or reasons") {
  feed("heron (1.2-1) unstable; urgency=medium\n\n  * Look.\n\n -- Ada <a@b>  Wed, 08 May 2024 "
       "12:00:00 +0200\n\nheron (1.1) stable; urgency=low\n\n  * Fly\xf6.\n\n -- B <b@c>  Tue, 07 "
       "May 2024 08:30:00 +0000\n",
       2, [](const std::string& text) { check_records(parse_changelog(text)); });
}

TEST_CASE("any line of WordNet's files is a synset or refused") {
  feed("02057330 05 n 02 penguin 0 bird_x 1 002 @ 02056728 n 0000 ~ 02057498 n 0000 | a bird", 3,
       [](const std::string& line) {
         synset_names names;
         (void)names.add_index_line(line);
         if (const auto read = parse_synset(line)) (void)make_memory(*read, names);
       });
  feed("penguin n 1 2 @ ~ 1 1 02057330", 4, [](const std::string& line) {
    synset_names names;
    (void)names.add_index_line(line);
  });
}

TEST_CASE("any record of a repository's log is a memory or refused") {
  feed(std::string(40, 'a') + "\x1f"
                              "Ada\x1f"
                              "ada@b\x1f"
                              "1715169600\x1fOil\x1fIt\x1f\n\nengine.c\n",
       5, [](const std::string& record) { check_records({parse_commit(record, "mill")}); });
}

TEST_SUITE_END();

} // namespace engram::client

#include "base/time.hpp"

#include "base/hlc.hpp"
#include "tests/support/doctest.hpp"

namespace engram::base {

namespace {

std::string read(std::string_view text) {
  const auto t = parse_time(text);
  return t ? format_time(*t) : "not a time";
}

} // namespace

TEST_SUITE_BEGIN("base");

TEST_CASE("ISO 8601 is read to the precision it has, and missing fields are their smallest") {
  CHECK(read("2023-05-08T13:56:00Z") == "2023-05-08T13:56:00Z");
  CHECK(read("2023-05-08 13:56") == "2023-05-08T13:56:00Z");
  CHECK(read("2023-05-08") == "2023-05-08T00:00:00Z");
  CHECK(read("2023-05") == "2023-05-01T00:00:00Z");
  CHECK(read("2023") == "2023-01-01T00:00:00Z");
  CHECK(read("2023-05-08T13:56:00.25Z") == "2023-05-08T13:56:00.250Z");
  CHECK(read("2023-05-08T13:56:00.1239999Z") == "2023-05-08T13:56:00.123Z");
  CHECK(read("1666-09-02") == "1666-09-02T00:00:00Z");
}

TEST_CASE("an offset is taken away, a missing one means UTC") {
  CHECK(read("2023-05-08T01:56:00+02:00") == "2023-05-07T23:56:00Z");
  CHECK(read("2023-05-08T13:56:00-0730") == "2023-05-08T21:26:00Z");
  CHECK(read("2023-05-08 13:56:00 +0200") == "2023-05-08T11:56:00Z"); // git log --date=iso
}

TEST_CASE("dates as people write them are read") {
  CHECK(read("1:56 pm on 8 May, 2023") == "2023-05-08T13:56:00Z");
  CHECK(read("12:09 am on 13 September, 2023") == "2023-09-13T00:09:00Z");
  CHECK(read("12:30 pm on 1 Jan, 2022") == "2022-01-01T12:30:00Z");
  CHECK(read("8 May 2023") == "2023-05-08T00:00:00Z");
  CHECK(read("May 8, 2023") == "2023-05-08T00:00:00Z");
  CHECK(read("8th of May 2023") == "2023-05-08T00:00:00Z");
  CHECK(read("May 2023") == "2023-05-01T00:00:00Z");
  CHECK(read("2 pm on 8 Sept 2023") == "2023-09-08T14:00:00Z");
}

TEST_CASE("dates as mail, changelogs and git write them are read") {
  CHECK(read("Mon, 08 May 2023 13:56:00 +0200") == "2023-05-08T11:56:00Z");
  CHECK(read("Thu,  1 Jan 1998 00:00:00 GMT") == "1998-01-01T00:00:00Z");
  CHECK(read("Mon May 8 13:56:00 2023 -0700") == "2023-05-08T20:56:00Z");
  CHECK(read("@1683554160") == "2023-05-08T13:56:00Z");
  CHECK(read("@-1.5") == "1969-12-31T23:59:58.500Z");
}

TEST_CASE("what is not a time is refused, not guessed") {
  for (const std::string text : {"",
                                 " ",
                                 "hello",
                                 "13",
                                 "may",
                                 "2023-02-30",
                                 "2023-13-01",
                                 "2023-00-10",
                                 "2023-5-8",
                                 "2023-05-08T",
                                 "2023-05-08T24:00",
                                 "2023-05-08T13:60",
                                 "2023-05-08T13:56:00Zx",
                                 "2023-05-08T13:56+25:00",
                                 "13 pm on 8 May 2023",
                                 "0 am on 8 May 2023",
                                 "8 May May 2023",
                                 "8 9 May 2023",
                                 "30 February 2023",
                                 "8 May 2023 25:00",
                                 "8 May 2023 +0200",
                                 "@",
                                 "@12x",
                                 "@99999999999999999999",
                                 "05/08/2023"}) {
    CAPTURE(text);
    CHECK(read(text) == "not a time");
  }
}

TEST_CASE("leap days and leap seconds follow the calendar") {
  CHECK(read("2024-02-29") == "2024-02-29T00:00:00Z");
  CHECK(read("2000-02-29") == "2000-02-29T00:00:00Z");
  CHECK(read("1900-02-29") == "not a time");
  CHECK(read("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00Z");
}

TEST_CASE("days follow each other without gap over four centuries") {
  const std::int64_t first = from_civil({1800, 1, 1}).ms / 86'400'000;
  civil before = to_civil({(first - 1) * 86'400'000});
  for (std::int64_t day = first; day < first + 146'097; ++day) {
    const civil c = to_civil({day * 86'400'000});
    const bool next_day = c.month == before.month && c.day == before.day + 1;
    const bool next_month = c.day == 1 && before.day >= 28;
    REQUIRE((next_day || next_month));
    REQUIRE(from_civil(c).ms == day * 86'400'000);
    before = c;
  }
}

TEST_CASE("stamps only grow, also when the wall clock falls back") {
  hlc_clock clock;
  hlc last;
  for (const std::int64_t ms : {1000, 1000, 1001, 500, 500, 2000}) {
    const hlc stamp = clock.next({ms});
    CHECK(stamp > last);
    last = stamp;
  }
  CHECK(last.wall() == instant{2000});
}

TEST_CASE("a stamp follows what was observed") {
  hlc_clock clock;
  const hlc remote{(std::uint64_t{5000} << 16) + 7};

  clock.observe(remote, {1000});
  CHECK(clock.next({1000}) > remote);
}

TEST_CASE("a stamp from far in the future moves the clock no further than the bound") {
  hlc_clock clock;
  const instant now{1'000'000};

  clock.observe(hlc{~std::uint64_t{0}}, now);
  CHECK(clock.next(now).wall() <= now + hlc_clock::forward_max + duration{1});
}

TEST_CASE("more stamps than the counter holds spill into the next millisecond") {
  hlc_clock clock{hlc{(std::uint64_t{1000} << 16) + 0xffff}};

  CHECK(clock.next({1000}).wall() == instant{1001});
}

TEST_SUITE_END();

} // namespace engram::base

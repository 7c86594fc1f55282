#include "client/cli/words.hpp"

#include "tests/support/doctest.hpp"

namespace engram::client {

TEST_SUITE_BEGIN("client");

TEST_CASE("numbers and times are written as people read them") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(117'659) == "117,659");
  CHECK(bytes_text(48'200'000) == "48.2 MB");
  CHECK(fixed_text(0.8349, 2) == "0.83");
  CHECK(duration_text(base::duration{340}) == "340 ms");
  CHECK(micros_text(840) == "840 us");
  CHECK(micros_text(1'234) == "1.2 ms");
  CHECK(plural(1, "memory", "memories") == "1 memory");
  CHECK(plural(1'000, "memory", "memories") == "1,000 memories");
}

TEST_CASE("a shortened text never ends within a character, and says that there is more") {
  CHECK(shortened("short", 10) == "short");
  CHECK(shortened("äöüäöü", 3) == "äöü…");
  CHECK(shortened("two\nlines", 20) == "two lines");
}

TEST_CASE("how long ago, in the largest unit that fits") {
  const base::instant now{1'700'000'000'000};
  CHECK(ago_text(now - base::duration{3LL * 86'400'000}, now) == "3 days ago");
  CHECK(ago_text(now + base::duration{2LL * 3'600'000}, now) == "in 2 h");
  CHECK(ago_text(now, now) == "now");
}

TEST_CASE("a slip of the fingers is recognised, another word is not") {
  const std::vector<std::string> commands = {"recall", "remember", "space", "spread"};
  CHECK(nearest("recal", commands) == "recall");
  CHECK(nearest("spraed", commands) == "spread");
  CHECK(nearest("recall", commands) == "recall");
  CHECK(nearest("help", commands).empty());
  CHECK(nearest("x", commands).empty());
  CHECK(nearest("", commands).empty());
}

TEST_SUITE_END();

} // namespace engram::client

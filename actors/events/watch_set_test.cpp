// Several spaces watched as one: nothing twice, nothing lost, no space starved by a busy one.
#include "actors/events/watch_set.hpp"
#include "tests/support/doctest.hpp"

namespace engram::actors {
namespace {

const base::space_id A{{0, 1}}, B{{0, 2}}, C{{0, 3}};

event at(std::int64_t ms, const char* id) {
  event out;
  out.kind = event_kind::remembered;
  out.at = {ms};
  out.ids = {id};
  return out;
}

watch_reply page(std::vector<event> events, const char* cursor) {
  watch_reply out;
  out.events = std::move(events);
  out.cursor = cursor;
  return out;
}

watch_set watching(const std::string& cursor, std::uint32_t limit = 256,
                   std::vector<watched_space> spaces = {{A, "a"}, {B, "b"}},
                   bool from_start = false) {
  watch_request asked;
  asked.cursor = cursor;
  asked.limit = limit;
  asked.from_start = from_start;
  auto out = watch_set::of(asked, std::move(spaces));
  REQUIRE(out);
  return *std::move(out);
}

std::string told(const watch_reply& of) {
  std::string out;
  for (const event& each : of.events) out += each.space + ":" + each.ids[0] + " ";
  return out;
}

/// Both begun, with cursors 1.
std::string begun() {
  auto set = watching("");
  set.take(0, page({}, "a1"));
  set.take(1, page({}, "b1"));
  auto got = std::move(set).answer();
  REQUIRE(got);
  return got->cursor;
}

} // namespace

TEST_SUITE("actors") {

  TEST_CASE("pages of several spaces are one, by time, each space in its own order") {
    auto set = watching(begun());
    CHECK(set.question(0, base::duration(0)).cursor == "a1");
    CHECK(set.question(1, base::duration(9)).cursor == "b1");
    CHECK_FALSE(set.has_news());
    set.take(0, page({at(5, "1"), at(2, "2")}, "a2")); // its clock went back
    set.take(1, page({at(3, "3"), at(6, "4")}, "b2"));
    CHECK(set.has_news());
    const auto got = std::move(set).answer();
    REQUIRE(got);
    CHECK(told(*got) == "b:3 a:1 a:2 b:4 ");
    const auto next = watching(got->cursor);
    CHECK(next.question(0, base::duration(0)).cursor ==
          (next.spaces()[0].name == "a" ? "a2" : "b2"));
  }

  TEST_CASE("a space that did not answer keeps its cursor and is named") {
    auto set = watching(begun());
    set.take(0, page({at(1, "1")}, "a2"));
    set.take(1, base::error{base::errc::unavailable, "closed"});
    const auto got = std::move(set).answer();
    REQUIRE(got);
    REQUIRE(got->silent.size() == 1);
    CHECK(got->silent[0].name == "b");
    const auto cursor = read_set_cursor(got->cursor);
    REQUIRE(cursor);
    CHECK(cursor->of.at(A) == "a2");
    CHECK(cursor->of.at(B) == "b1");
  }

  TEST_CASE("when none answers that is an error") {
    auto set = watching(begun());
    for (std::size_t i : {0u, 1u}) set.take(i, base::error{base::errc::unavailable, "closed"});
    CHECK(std::move(set).answer().error().code == base::errc::unavailable);
  }

  TEST_CASE("a space that comes later is told from its beginning, one that goes is forgotten") {
    const auto set = watching(begun(), 256, {{A, "a"}, {C, "c"}});
    CHECK_FALSE(set.question(0, base::duration(0)).from_start);
    CHECK(set.question(1, base::duration(0)).from_start);
    CHECK(set.question(1, base::duration(0)).cursor.empty());
    auto late = watching(begun(), 256, {{A, "a"}, {C, "c"}});
    late.take(0, page({}, "a1"));
    late.take(1, page({}, "c1"));
    const auto cursor = read_set_cursor(std::move(late).answer()->cursor);
    CHECK(cursor->of.count(B) == 0);
  }

  TEST_CASE("a space out of reach when the watch began is told from when it is reached") {
    auto set = watching("");
    CHECK(set.begins());
    set.take(0, page({}, "a1"));
    set.take(1, base::error{base::errc::unavailable, "closed"});
    const auto next = watching(std::move(set).answer()->cursor);
    CHECK(next.question(1, base::duration(0)).cursor.empty());
    CHECK_FALSE(next.question(1, base::duration(0)).from_start);
    auto all = watching("", 256, {{A, "a"}, {B, "b"}}, true);
    all.take(0, page({}, "a1"));
    all.take(1, base::error{base::errc::unavailable, "closed"});
    CHECK(watching(std::move(all).answer()->cursor).question(1, base::duration(0)).from_start);
  }

  TEST_CASE("what does not fit keeps its cursor, and its space has the next turn") {
    std::string cursor = begun(), order;
    for (int turn = 0; turn < 4; ++turn) {
      auto set = watching(cursor, 1);
      for (std::size_t i : {0u, 1u}) set.take(i, page({at(1, "x")}, "next"));
      const auto got = std::move(set).answer();
      CHECK(got->events.size() == 1);
      order += told(*got);
      cursor = got->cursor;
    }
    CHECK((order == "a:x b:x a:x b:x " || order == "b:x a:x b:x a:x "));
  }

  TEST_CASE("a cursor of one space, or cut, or of nothing is refused") {
    const auto good = begun();
    CHECK(read_set_cursor(good));
    for (std::size_t n = 0; n < good.size(); ++n) CHECK_FALSE(read_set_cursor(good.substr(0, n)));
    CHECK_FALSE(read_set_cursor("\x01" + good.substr(1)));
    CHECK_FALSE(read_set_cursor(good + "x"));
  }

} // TEST_SUITE
} // namespace engram::actors

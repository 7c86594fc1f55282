// What lies between a cursor and a view: told once, in order, and what is gone is counted.
#include "actors/events/watching.hpp"
#include "memory/codec.hpp"
#include "storage/entry.hpp"
#include "storage/memory_store.hpp"
#include "tests/support/space_fixture.hpp"

namespace engram::actors {
namespace {

constexpr std::uint32_t SPACE = 4;
const base::origin_id ADA{{1, 1}}, BOB{{2, 2}};

/// A store with a log of two runs, and a view that covers it.
struct log_of_two {
  log_of_two() {
    view.state = space.state.publish();
    for (std::uint64_t n = 1; n <= 5; ++n) write(ADA, n, 10 * n, "a" + std::to_string(n));
    for (std::uint64_t n = 1; n <= 2; ++n) write(BOB, n, 25 * n, "b" + std::to_string(n));
  }
  void write(const base::origin_id& origin, std::uint64_t sequence, std::uint64_t at,
             const std::string& id) {
    memory::operation what = memory::forget_op{id, memory::forget_mode::suppress};
    storage::entry_header header;
    header.space = space.config.identity;
    header.origin = origin;
    header.sequence = sequence;
    header.stamp = {at << 16};
    header.kind = static_cast<std::uint8_t>(memory::kind_of(what));
    const auto sealed = storage::seal_payload({7, 7}, memory::encode(what).payload);
    put(storage::column::log, origin, sequence, storage::seal_header({}, header));
    put(storage::column::payload, origin, sequence, sealed.stored);
    view.applied.raise(origin, sequence);
  }
  void put(storage::column c, const base::origin_id& origin, std::uint64_t sequence,
           std::string value) {
    storage::batch changes;
    changes.put(c, storage::entry_key(SPACE, *number_of(origin), sequence), std::move(value));
    REQUIRE(store.write(changes, true));
  }
  void trim(const base::origin_id& origin, std::uint64_t until) {
    storage::batch changes;
    changes.erase_range(storage::column::log, storage::entry_key(SPACE, *number_of(origin), 0),
                        storage::entry_key(SPACE, *number_of(origin), until + 1));
    REQUIRE(store.write(changes, true));
  }
  static std::optional<std::uint32_t> number_of(const base::origin_id& origin) {
    return static_cast<std::uint32_t>(origin.value.high);
  }
  event_reader::page read(watch_cursor& from, watch_request asked = {}) {
    const run_numbers runs = number_of;
    auto got = event_reader(store, SPACE, view, runs).read(from, &ring, asked);
    REQUIRE(got);
    return *std::move(got);
  }
  static std::string ids(const event_reader::page& of) {
    std::string out;
    for (const event& each : of.events) out += (each.ids.empty() ? each.kind : each.ids[0]) + " ";
    return out;
  }

  memory::test_space space;
  storage::memory_store store;
  space_view view;
  event_ring ring{{9, 9}};
};

event seen(const char* kind) {
  event out;
  out.kind = kind;
  return out;
}

} // namespace

TEST_SUITE("actors") {

  TEST_CASE("a log is told once, by time, each run in its order") {
    log_of_two t;
    watch_cursor cursor;
    CHECK(t.ids(t.read(cursor)) == "a1 a2 b1 a3 a4 a5 b2 ");
    CHECK(t.read(cursor).events.empty());
    t.write(ADA, 6, 1, "a6"); // a clock that went back
    CHECK(t.ids(t.read(cursor)) == "a6 ");
  }

  TEST_CASE("pages of any size tell the same, through a cursor that went over the wire") {
    for (const std::uint32_t limit : {1u, 2u, 3u, 100u}) {
      log_of_two t;
      watch_cursor cursor;
      std::string all;
      for (int pages = 0; pages < 10; ++pages) {
        watch_request asked;
        asked.limit = limit;
        all += t.ids(t.read(cursor, asked));
        const auto text = make_cursor(cursor, t.space.config.identity);
        CHECK_FALSE(read_cursor(text, {{3, 3}}));
        CHECK_FALSE(read_cursor(text.substr(1), t.space.config.identity));
        cursor = *read_cursor(text, t.space.config.identity);
      }
      CHECK(all == "a1 a2 b1 a3 a4 a5 b2 ");
    }
  }

  TEST_CASE("what was trimmed before it could be told is counted, never passed over") {
    log_of_two t;
    watch_cursor cursor;
    cursor.told.raise(ADA, 1);
    t.trim(ADA, 3);
    t.trim(BOB, 2);
    const auto page = t.read(cursor);
    CHECK(page.missed == 2 + 2);
    CHECK(t.ids(page) == "a4 a5 ");
    CHECK(t.read(cursor).missed == 0);
  }

  TEST_CASE("an entry whose content is gone is told as such, a damaged one too") {
    log_of_two t;
    t.put(storage::column::payload, ADA, 2, "");
    t.put(storage::column::payload, ADA, 3, std::string(20, 'x'));
    watch_cursor cursor;
    CHECK(t.ids(t.read(cursor)) == "a1 erased b1 unreadable a4 a5 b2 ");
  }

  TEST_CASE("kinds leave out the rest and move the cursor all the same") {
    log_of_two t;
    watch_cursor cursor;
    watch_request asked;
    asked.kinds = {"remembered"};
    asked.limit = 1;
    CHECK(t.read(cursor, asked).events.empty());
    CHECK(t.read(cursor).events.empty());
  }

  TEST_CASE("what a replica alone saw is told once, and what fell out of its ring is counted") {
    log_of_two t;
    watch_cursor cursor;
    t.read(cursor);
    t.ring.add(seen("consolidated"));
    t.ring.add(seen("replayed"));
    CHECK(t.ids(t.read(cursor)) == "consolidated replayed ");
    CHECK(t.read(cursor).events.empty());
    for (std::size_t i = 0; i < event_ring::kept_max + 3; ++i) t.ring.add(seen("replayed"));
    watch_request asked;
    asked.limit = WATCH_LIMIT_MAX;
    const auto page = t.read(cursor, asked);
    CHECK(page.missed == 3);
    CHECK(page.events.size() == event_ring::kept_max);
    watch_cursor of_another = cursor;
    of_another.ring = {8, 8};
    CHECK(t.read(of_another, asked).events.size() == event_ring::kept_max);
  }

} // TEST_SUITE
} // namespace engram::actors

#include "storage/trim.hpp"

#include "storage/log_writer.hpp"
#include "storage/memory_store.hpp"
#include "storage/recovery.hpp"
#include "storage/reserve.hpp"
#include "storage/store_conformance.hpp"

namespace engram::storage {
namespace {

constexpr base::instant START{1'700'000'000'000};
constexpr base::duration MINUTE{60'000};

/// Ten entries a minute apart, of about 1 KB, the even ones referred to by state.
struct world {
  memory_store store;
  log_writer log{{1, {{7, 7}}}, {}};

  explicit world(std::uint64_t applied = 10) {
    for (std::uint64_t i = 1; i <= 10; ++i) {
      REQUIRE(
          log.append({i, 1, {{1, 1}}, {{1, {i, 0}, seal_payload({i, i}, std::string(882, 'x'))}}}));
      auto formed = log.form(START + MINUTE * static_cast<int>(i));
      if (i % 2 == 0)
        formed.changes.put(column::state,
                           std::string("\0\0\0\1E", 5) + entry_key(1, 1, i).substr(4), "item");
      REQUIRE(store.write(formed.changes, true).has_value());
    }
    log.note_applied(1, 1, applied);
    REQUIRE(store.write(log.form(START).changes, true).has_value());
  }
  trimmed trim(const trim_limits& limits, base::instant now) {
    const auto vector = read_vector(store, 1);
    REQUIRE(vector->rows.size() == 1);
    batch changes;
    const auto done = trim_log(store, vector->rows[0], limits, now, changes);
    REQUIRE(done.has_value());
    REQUIRE(store.write(changes, true).has_value());
    return *done;
  }
  std::size_t headers() const { return all_rows(store, column::log).size(); }
  std::size_t payloads() const { return all_rows(store, column::payload).size(); }
};

trim_limits limits_of(std::uint64_t keep_bytes, base::duration keep) {
  trim_limits limits;
  limits.keep_bytes = keep_bytes;
  limits.keep = keep;
  return limits;
}

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("what is within the newest bytes stays however old it is") {
  world w;
  CHECK(w.trim(limits_of(4000, base::duration{0}), START + MINUTE * 1000).headers == 6);
  CHECK(w.headers() == 4);
}

TEST_CASE("what is young stays however much it is, up to the bound of the log") {
  world w;
  auto limits = limits_of(0, MINUTE * 5);
  CHECK(w.trim(limits, START + MINUTE * 12).headers == 7);
  limits.bytes_max = 1000;
  CHECK(w.trim(limits, START + MINUTE * 12).headers == 2);
}

TEST_CASE("nothing above the applied vector goes") {
  world w{3};
  CHECK(w.trim(limits_of(0, base::duration{0}), START + MINUTE * 1000).headers == 3);
  CHECK(w.headers() == 7);
}

TEST_CASE("a payload that state refers to stays, one that nothing refers to goes with its header") {
  world w;
  const auto done = w.trim(limits_of(0, base::duration{0}), START + MINUTE * 1000);
  CHECK(done.headers == 10);
  CHECK(done.payloads == 5);
  CHECK(w.payloads() == 5);
  state_reader reader{w.store, 1};
  const auto items = reader.next(100);
  CHECK(items->damage.empty());
  CHECK(items->items.size() == 5);
  for (const auto& item : items->items) CHECK(item.payload.has_value());
}

TEST_CASE("after trimming, the vector still says where the log goes on") {
  world w;
  w.trim(limits_of(0, base::duration{0}), START + MINUTE * 1000);
  const auto row = read_vector(w.store, 1)->rows.at(0);
  CHECK(row.applied == 10);
  REQUIRE(w.log.append({11, 1, {{1, 1}}, {{1, {}, seal_payload({}, "next")}}}));
  const auto formed = w.log.form(START);
  CHECK(running_hash(row.running, formed.outcomes[0].entries[0]) ==
        formed.outcomes[0].entries[0].running);
}

TEST_CASE("a long log is trimmed in batches of a bounded size") {
  world w;
  auto limits = limits_of(0, base::duration{0});
  limits.batch_entries_max = 4;
  const auto now = START + MINUTE * 1000;
  CHECK(w.trim(limits, now).more);
  CHECK(w.trim(limits, now).more);
  const auto last = w.trim(limits, now);
  CHECK(last.headers == 2);
  CHECK_FALSE(last.more);
}

TEST_CASE("a damaged item keeps its payload, a damaged header goes with its neighbours") {
  world w;
  w.store.flip(column::state, std::string("\0\0\0\1E", 5) + entry_key(1, 1, 4).substr(4), 3);
  w.store.flip(column::log, entry_key(1, 1, 5), 3);
  CHECK(w.trim(limits_of(0, base::duration{0}), START + MINUTE * 1000).headers == 9);
  CHECK(w.headers() == 0);
  CHECK(w.store.get(column::payload, entry_key(1, 1, 4)).has_value());
}

TEST_CASE("writes are refused below the reserve and resume some way above it") {
  free_space_rule rule{{1000, 25}};
  CHECK(rule.step(5000));
  CHECK(rule.step(1000));
  CHECK_FALSE(rule.step(999));
  CHECK_FALSE(rule.step(1200));
  CHECK(rule.step(1250));
  CHECK(rule.step(1200));
  CHECK_FALSE(rule.step(1200, 300)); // what is under way counts
  CHECK_FALSE(rule.step(100, 300));
}

TEST_SUITE_END();

} // namespace engram::storage

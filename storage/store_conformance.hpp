#pragma once
// What every implementation of the store port promises, as one suite: each store's test calls
// check_conformance() from a TEST_CASE with a fixture of its own. Tests only.

#include "base/random.hpp"
#include "storage/store.hpp"
#include "tests/support/doctest.hpp"

#include <functional>
#include <map>

namespace engram::storage {

/// Owns one store. Invariant: after reopen(), open() is the same data opened anew.
class store_fixture {
public:
  virtual ~store_fixture() = default;
  virtual store& open() = 0;
  virtual void reopen() = 0; // an orderly close and open
  virtual void crash() = 0;  // power loss and open: what was not synced may be gone
};

using rows = std::vector<std::pair<std::string, std::string>>;

inline rows all_rows(const store& s, column c, std::string first = {}, std::string last = {}) {
  rows out;
  const auto cursor = s.scan(c, std::move(first), std::move(last));
  for (;;) {
    const auto more = cursor->next();
    REQUIRE(more.has_value());
    if (!*more) return out;
    out.emplace_back(cursor->current().key, cursor->current().value);
  }
}

inline void put_one(store& s, column c, std::string key, std::string value, bool sync = true) {
  batch b;
  b.put(c, std::move(key), std::move(value));
  REQUIRE(s.write(b, sync).has_value());
}

inline void check_reading(store_fixture& fixture) {
  SUBCASE("what is put is read back, in each column apart") {
    auto& s = fixture.open();
    put_one(s, column::log, "k", "in log");
    put_one(s, column::state, "k", "in state");
    CHECK(*s.get(column::log, "k") == "in log");
    CHECK(*s.get(column::state, "k") == "in state");
    CHECK(s.get(column::payload, "k").error().code == base::errc::unknown_key);
  }
  SUBCASE("an absent key is unknown_key, and an empty value is a value") {
    auto& s = fixture.open();
    put_one(s, column::meta, "empty", "");
    CHECK(s.get(column::meta, "empty")->empty());
    CHECK(s.get(column::meta, "none").error().code == base::errc::unknown_key);
  }
  SUBCASE("keys and values are any bytes") {
    auto& s = fixture.open();
    const std::string key("\0\xff\n\0", 4), value("\0\0\xff", 3);
    put_one(s, column::state, key, value);
    CHECK(*s.get(column::state, key) == value);
    CHECK(all_rows(s, column::state) == rows{{key, value}});
  }
  SUBCASE("a scan gives ascending keys within its half-open range") {
    auto& s = fixture.open();
    for (const char* key : {"b", "a", "c", "ba", "d"}) put_one(s, column::log, key, "v");
    CHECK(all_rows(s, column::log, "b", "d") == rows{{"b", "v"}, {"ba", "v"}, {"c", "v"}});
    CHECK(all_rows(s, column::log, "c", "") == rows{{"c", "v"}, {"d", "v"}});
    CHECK(all_rows(s, column::log, "d", "b").empty());
    CHECK(all_rows(s, column::log, "b", prefix_end("b")) == rows{{"b", "v"}, {"ba", "v"}});
  }
  SUBCASE("a cursor sees the store as it was when the cursor was made") {
    auto& s = fixture.open();
    put_one(s, column::log, "a", "old");
    const auto cursor = s.scan(column::log, {}, {});
    put_one(s, column::log, "a", "new");
    put_one(s, column::log, "b", "new");
    REQUIRE(*cursor->next());
    CHECK(cursor->current().value == "old");
    CHECK_FALSE(*cursor->next());
  }
}

inline void check_writing(store_fixture& fixture) {
  SUBCASE("changes of one batch take effect in their order") {
    auto& s = fixture.open();
    put_one(s, column::state, "x", "1");
    batch b;
    b.put(column::state, "k", "1");
    b.erase(column::state, "k");
    b.put(column::state, "k", "2");
    b.erase(column::state, "x");
    b.put(column::state, "y", "1");
    b.erase_range(column::state, "y", "z");
    REQUIRE(s.write(b, true).has_value());
    CHECK(all_rows(s, column::state) == rows{{"k", "2"}});
  }
  SUBCASE("erase_range removes [first, last) of one column only") {
    auto& s = fixture.open();
    for (const char* key : {"a", "b", "c"}) {
      put_one(s, column::log, key, "v");
      put_one(s, column::payload, key, "v");
    }
    batch b;
    b.erase_range(column::log, "a", "c");
    REQUIRE(s.write(b, true).has_value());
    CHECK(all_rows(s, column::log) == rows{{"c", "v"}});
    CHECK(all_rows(s, column::payload).size() == 3);
    CHECK(s.get(column::log, "b").error().code == base::errc::unknown_key);
  }
  SUBCASE("an empty batch is a write too") { CHECK(fixture.open().write({}, true).has_value()); }
  SUBCASE("what is synced survives power loss, and everything before it") {
    put_one(fixture.open(), column::log, "a", "1", false);
    put_one(fixture.open(), column::state, "b", "2", true);
    fixture.crash();
    CHECK(*fixture.open().get(column::log, "a") == "1");
    CHECK(*fixture.open().get(column::state, "b") == "2");
  }
  SUBCASE("what is not synced is there as a whole batch or not at all") {
    put_one(fixture.open(), column::log, "a", "1", true);
    batch b;
    b.put(column::log, "b", "2");
    b.put(column::payload, "b", "2");
    REQUIRE(fixture.open().write(b, false).has_value());
    fixture.crash();
    CHECK(fixture.open().get(column::log, "b").has_value() ==
          fixture.open().get(column::payload, "b").has_value());
    CHECK(*fixture.open().get(column::log, "a") == "1");
  }
  SUBCASE("everything written survives an orderly close") {
    put_one(fixture.open(), column::payload, "a", "1", false);
    REQUIRE(fixture.open().flush().has_value());
    put_one(fixture.open(), column::payload, "b", std::string(100'000, 'x'), true);
    fixture.reopen();
    CHECK(all_rows(fixture.open(), column::payload) ==
          rows{{"a", "1"}, {"b", std::string(100'000, 'x')}});
  }
}

/// Random batches against a plain map, with crashes after a sync and reopenings between them.
inline void check_against_model(store_fixture& fixture, std::uint64_t seed) {
  CAPTURE(seed);
  base::random random{seed};
  std::map<std::string, std::string> model;
  const auto random_key = [&] { return std::string(1, static_cast<char>('a' + random.below(20))); };
  for (int round = 0; round < 60; ++round) {
    batch b;
    for (auto n = random.below(8); n > 0; --n) {
      const auto key = random_key();
      if (random.chance(0.6)) {
        model[key] = std::string(random.below(2000), static_cast<char>('A' + random.below(26)));
        b.put(column::state, key, model[key]);
      } else if (random.chance(0.7)) {
        model.erase(key);
        b.erase(column::state, key);
      } else {
        const auto end = prefix_end(random_key());
        b.erase_range(column::state, key, end);
        if (key < end) model.erase(model.lower_bound(key), model.lower_bound(end));
      }
    }
    REQUIRE(fixture.open().write(b, true).has_value());
    if (random.chance(0.1)) REQUIRE(fixture.open().flush().has_value());
    if (random.chance(0.05)) fixture.reopen();
    if (random.chance(0.05)) fixture.crash();
  }
  CHECK(all_rows(fixture.open(), column::state) == rows{model.begin(), model.end()});
  const auto damaged = fixture.open().scrub();
  REQUIRE(damaged.has_value());
  CHECK(damaged->empty());
}

inline void check_conformance(store_fixture& fixture) {
  check_reading(fixture);
  check_writing(fixture);
  SUBCASE("random batches leave what a plain map holds") {
    check_against_model(fixture, 1);
    check_against_model(fixture, 2);
  }
  SUBCASE("stats know how much is free, and an undamaged store scrubs clean") {
    auto& s = fixture.open();
    put_one(s, column::log, "a", "1");
    REQUIRE(s.stats().has_value());
    CHECK(s.stats()->bytes_free > 0);
    const auto total = s.stats()->bytes_total; // 0: it cannot tell
    CHECK((total == 0 || total >= s.stats()->bytes_free));
    CHECK(s.scrub()->empty());
  }
  SUBCASE("how much a range takes is known roughly, and what lies beside it is not counted") {
    auto& s = fixture.open();
    for (int i = 0; i < 200; ++i)
      put_one(s, column::state, "b" + std::to_string(1000 + i), std::string(1000, 'x'));
    const auto within = s.bytes_in(column::state, "b", "c");
    CHECK(within > 20'000);
    CHECK(within < 2'000'000);
    CHECK(s.bytes_in(column::state, "c", "d") < 20'000);
    CHECK(s.bytes_in(column::log, "b", "c") < 20'000);
  }
}

} // namespace engram::storage

#include "storage/checksum.hpp"
#include "storage/memory_store.hpp"
#include "storage/store_conformance.hpp"

namespace engram::storage {
namespace {

class memory_fixture final : public store_fixture {
public:
  store& open() override { return store_; }
  void reopen() override {}
  void crash() override { store_.crash(); }

private:
  memory_store store_;
};

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("the memory store keeps the promises of the store port") {
  memory_fixture fixture;
  check_conformance(fixture);
}

TEST_CASE("a crash drops what was not synced and keeps a prefix of batches") {
  memory_store s;
  put_one(s, column::log, "a", "1", true);
  put_one(s, column::log, "b", "2", false);
  put_one(s, column::log, "a", "3", false);
  CHECK(s.unsynced() == 2);

  SUBCASE("all of it") {
    s.crash();
    CHECK(all_rows(s, column::log) == rows{{"a", "1"}});
  }
  SUBCASE("or all but what the disk had written by itself") {
    s.crash(1);
    CHECK(all_rows(s, column::log) == rows{{"a", "1"}, {"b", "2"}});
    s.crash();
    CHECK(all_rows(s, column::log).size() == 2);
  }
}

TEST_CASE("a lost sync is reported as success and lost at the crash") {
  memory_store s;
  put_one(s, column::log, "a", "1", true);
  s.lose_syncs(true);
  put_one(s, column::log, "b", "2", true);
  s.crash();
  CHECK(all_rows(s, column::log) == rows{{"a", "1"}});
}

TEST_CASE("a lost tail takes synced batches with it, newest first, but never beyond a flush") {
  memory_store s;
  put_one(s, column::log, "a", "1");
  REQUIRE(s.flush().has_value());
  put_one(s, column::log, "b", "2");
  put_one(s, column::log, "c", "3");
  s.lose_tail(1);
  CHECK(all_rows(s, column::log) == rows{{"a", "1"}, {"b", "2"}});
  s.lose_tail(9);
  CHECK(all_rows(s, column::log) == rows{{"a", "1"}});
}

TEST_CASE("any flipped bit is found, named and never returned") {
  for (std::uint64_t bit = 0; bit < 8 * (5 + checksum_bytes); ++bit) {
    memory_store s;
    put_one(s, column::payload, "k1", "value");
    put_one(s, column::payload, "k2", "value");
    REQUIRE(s.flip(column::payload, "k1", bit));

    const auto read = s.get(column::payload, "k1");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == base::errc::corrupt);
    CHECK(read.error().context.find("column=payload key=6b31") != std::string::npos);

    const auto cursor = s.scan(column::payload, {}, {});
    CHECK(cursor->next().error().code == base::errc::corrupt);
    CHECK(*cursor->next()); // and the rest goes on
    CHECK(cursor->current().key == "k2");
    CHECK(s.scrub()->size() == 1);
  }
}

TEST_CASE("a value under another key or column than its own does not verify") {
  const auto sum = checksum_of(column::state, "key", "value");
  const std::string stored = "value" + std::string{sum.data(), sum.size()};
  CHECK(verified_value(column::state, "key", stored).has_value());
  CHECK_FALSE(verified_value(column::state, "kez", stored).has_value());
  CHECK_FALSE(verified_value(column::payload, "key", stored).has_value());
  CHECK_FALSE(verified_value(column::state, "key", stored.substr(0, 5)).has_value());
}

TEST_CASE("a full disk refuses the whole batch and reads go on") {
  memory_store s;
  put_one(s, column::log, "a", "1");
  s.set_capacity(100);
  batch b;
  b.put(column::log, "b", "2");
  b.put(column::log, "c", std::string(100, 'x'));
  CHECK(s.write(b, true).error().code == base::errc::write_failed);
  CHECK(all_rows(s, column::log) == rows{{"a", "1"}});
  s.set_capacity(1000);
  CHECK(s.write(b, true).has_value());
}

TEST_CASE("a failed write is indefinite: its batch is there or it is not") {
  memory_store s;
  batch b;
  b.put(column::log, "a", "1");
  s.fail_next_write(memory_store::write_fault::nothing_written);
  const auto first = s.write(b, true);
  CHECK(first.error().certainty() == base::certainty::indefinite);
  CHECK_FALSE(s.get(column::log, "a").has_value());
  s.fail_next_write(memory_store::write_fault::written);
  CHECK_FALSE(s.write(b, true).has_value());
  CHECK(s.get(column::log, "a").has_value());
}

TEST_CASE("read errors are reported by get and by cursors, and pass") {
  memory_store s;
  put_one(s, column::log, "a", "1");
  s.fail_reads(true);
  CHECK(s.get(column::log, "a").error().code == base::errc::read_failed);
  CHECK(s.scan(column::log, {}, {})->next().error().code == base::errc::read_failed);
  CHECK_FALSE(s.scrub().has_value());
  s.fail_reads(false);
  CHECK(s.get(column::log, "a").has_value());
}

TEST_CASE("a checkpoint is a copy that later writes do not reach") {
  memory_store s;
  put_one(s, column::log, "a", "1");
  REQUIRE(s.checkpoint("backup").has_value());
  put_one(s, column::log, "a", "2");
  const auto copy = s.open_checkpoint("backup");
  REQUIRE(copy);
  CHECK(*copy->get(column::log, "a") == "1");
  CHECK_FALSE(s.checkpoint("backup").has_value());
}

TEST_CASE("the end of a prefix is the smallest key behind all that start with it") {
  CHECK(prefix_end("ab") == "ac");
  CHECK(prefix_end("a\xff\xff") == "b");
  CHECK(prefix_end("\xff").empty());
  CHECK(prefix_end("").empty());
}

TEST_SUITE_END();

} // namespace engram::storage

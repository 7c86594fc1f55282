#include "actors/testing/node_fixture.hpp"
#include "storage/store_conformance.hpp"

namespace engram::actors {
namespace {

/// Fifty memories, five of them forgotten again, and a log that may keep about ten entries.
struct trim_fixture : node_fixture {
  trim_fixture() : node_fixture(false) {
    config.compute_threads = 1; // a recall is answered after the trimming that was asked before
    config.trim.limits.keep_bytes = 2'000;
    config.trim.limits.keep = base::duration{60'000};
    config.trim.written_min = 1;
    boot();
    space = create("diary").identity;
    for (int i = 0; i < 50; ++i)
      REQUIRE(remember(space, "m" + std::to_string(i), "a walk along river " + std::to_string(i)));
    REQUIRE(forget(space, {"m1", "m2", "m3", "m4", "m5"}, memory::forget_mode::erase));
    // State rides in the next batch, so what the last write did is not durable yet.
    REQUIRE(remember(space, "last", "a walk home"));
  }
  std::size_t rows(storage::column of) const { return storage::all_rows(*store, of).size(); }
  void trim(base::duration later) {
    clock.advance(later);
    core->tick();
    REQUIRE(recall(space, "river"));
  }

  base::space_id space;
};

} // namespace

TEST_SUITE("actors") {
  TEST_CASE("old entries leave the log, and what they said stays, also after a crash") {
    trim_fixture f;
    const auto before = f.rows(storage::column::log);
    const auto hash = f.info(f.space).state_hash;
    f.trim(std::chrono::hours(2));
    CHECK(f.rows(storage::column::log) + 30 < before);
    CHECK(f.info(f.space).state_hash == hash);

    f.crash();
    CHECK(f.info(f.space).state_hash == hash);
    CHECK(f.info(f.space).memories == 46);
    const auto kept = f.get(f.space, {"m0", "m49", "m3"});
    REQUIRE(kept);
    CHECK(kept->size() == 2);
  }

  TEST_CASE("young entries stay in the log, for those who were away") {
    trim_fixture f;
    const auto before = f.rows(storage::column::log);
    f.trim(std::chrono::seconds(10));
    CHECK(f.rows(storage::column::log) == before);
  }

  TEST_CASE("a trimmed log is written on, and trimmed again") {
    trim_fixture f;
    f.trim(std::chrono::hours(2));
    REQUIRE(f.remember(f.space, "after", "a walk after the trimming"));
    f.trim(std::chrono::hours(2));
    f.reboot();
    CHECK(f.info(f.space).memories == 47);
    REQUIRE(f.remember(f.space, "later", "a walk after the restart"));
    CHECK(f.get(f.space, {"after", "later"})->size() == 2);
  }
}

} // namespace engram::actors

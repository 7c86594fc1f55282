#include "storage/log_writer.hpp"
#include "storage/memory_store.hpp"
#include "storage/replication/snapshot_target.hpp"
#include "tests/support/doctest.hpp"

namespace engram::storage {
namespace {

const base::space_id SPACE{{7, 7}};
constexpr base::instant NOW{1'000'000};

class counting_entropy final : public base::entropy {
public:
  base::hash128 draw() override { return {9, ++last_}; }

private:
  std::uint64_t last_ = 0;
};

/// A copy with five entries of its own run, and a snapshot of another that covers the first two.
struct replaced_copy {
  replaced_copy()
      : runs(*catalog::open(disk, entropy, NOW, {base::hash128{1, 1}, false})),
        log({runs.self().number, runs.self().origin}, {}),
        number(runs.add_space(SPACE, {}, log.notes())), target(SPACE, number, 1'000) {
    for (std::uint64_t n = 1; n <= 5; ++n) {
      REQUIRE(log.append({n, number, SPACE, {{1, entropy.draw(), seal_payload({5, 5}, "tea")}}}));
      const auto batch = log.form(NOW, true);
      REQUIRE(disk.write(batch.changes, true));
      headers.push_back(batch.outcomes[0].entries[0]);
    }
    message::snapshot_offer offer{SPACE, entropy.draw(), {}, {}, {}};
    offer.covers.raise(runs.self().origin, {2, headers[1].running});
    batch changes;
    REQUIRE(target.begin(offer, disk, runs, changes));
    REQUIRE(target.step({SPACE, offer.session, {}, true, false, {}}, changes));
    REQUIRE(disk.write(changes, true));
  }
  std::string row(std::uint64_t sequence) const {
    return entry_key(number, runs.self().number, sequence);
  }
  /// How many entries the copy has once the snapshot took its place; none: it could not.
  std::optional<std::size_t> entries_after() {
    batch changes;
    if (!target.finish(disk, runs, {}, changes)) return std::nullopt;
    REQUIRE(disk.write(changes, true));
    std::size_t count = 0;
    const auto rows = disk.scan(column::log, entry_key(target.number(), 0, 0),
                                entry_key(target.number() + 1, 0, 0));
    while (*rows->next()) ++count;
    return count;
  }

  memory_store disk;
  counting_entropy entropy;
  catalog runs;
  log_writer log;
  std::uint32_t number;
  snapshot_target target;
  std::vector<entry_header> headers;
};

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("what is above a snapshot stays behind it") {
  replaced_copy copy;
  CHECK(copy.entries_after() == 3);
}

TEST_CASE("damage in the log of a copy does not keep a snapshot from taking its place") {
  for (const auto where : {column::log, column::payload}) {
    replaced_copy copy;
    REQUIRE(copy.disk.flip(where, copy.row(4), 13));
    CHECK(copy.entries_after() == 1); // the third; the fifth lies behind a gap now
  }
}

TEST_SUITE_END();

} // namespace engram::storage

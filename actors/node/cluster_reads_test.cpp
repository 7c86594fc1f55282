// What a read on any member sees of writes on any other.
#include "actors/core/majority.hpp"
#include "actors/testing/cluster_fixture.hpp"
#include "base/stream_id.hpp"
#include "memory/prepare.hpp"

namespace engram::actors {

namespace {

constexpr read_options quorum{.token = {}, .level = read_level::quorum};

const std::string late = "member-2";

/// Entries of a run that nobody here is, as its log holds them.
std::vector<storage::entry> foreign_log(const base::space_id& space, std::size_t count) {
  const memory::space_config config{space, "notes", 0, "english"};
  const memory::analyser words(config.language);
  std::vector<storage::entry> out;
  base::hash128 running;
  for (std::size_t i = 1; i <= count; ++i) {
    memory::episode what;
    what.id = "far" + std::to_string(i);
    what.text = "from far away";
    auto prepared = memory::prepare(memory::remember_op{what}, config, {}, words);
    REQUIRE(prepared);
    storage::entry e;
    e.payload = {{i, i}, prepared->payload};
    e.header.space = space;
    e.header.origin = {{77, 77}};
    e.header.sequence = i;
    e.header.stamp.value = i;
    e.header.kind = static_cast<std::uint8_t>(prepared->kind);
    e.header.operation = prepared->operation_hash;
    e.header.payload_bytes = static_cast<std::uint32_t>(e.payload.bytes.size());
    e.header.payload_hash = storage::hash_payload(e.payload.salt, e.payload.bytes);
    storage::seal_header(running, e.header);
    running = e.header.running;
    out.push_back(std::move(e));
  }
  return out;
}

/// Puts entries into a stopped member's log, durable and not applied; the key of each.
std::vector<std::string> plant(cluster_fixture::member& at, const base::space_id& space,
                               const std::vector<storage::entry>& entries) {
  seeded_entropy entropy(1);
  auto catalog = storage::catalog::open(*at.store, entropy, base::instant{1});
  REQUIRE(catalog);
  storage::log_writer log({catalog->self().number, catalog->self().origin},
                          catalog->newest_stamp());
  const auto origin = catalog->add_run(entries.front().header.origin, log.notes());
  const auto number = *catalog->space_number(space);
  std::vector<std::string> keys;
  for (const auto& each : entries) {
    REQUIRE(log.offer({0, number, origin, each.header, storage::encode_payload(each.payload), {}},
                      base::instant{1}));
    keys.push_back(storage::entry_key(number, origin, each.header.sequence));
  }
  REQUIRE(at.store->write(log.form(base::instant{1}).changes, true));
  return keys;
}

} // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a quorum read on any member sees at once what a quorum acknowledged on any other") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    REQUIRE(c.agree(space, 0));
    for (std::size_t n = 0; n < 60; ++n) {
      const auto id = "n" + std::to_string(n);
      REQUIRE(c.remember(n % 3, space, id)->items.at(0));
      for (std::size_t i = 0; i < 3; ++i) {
        const auto seen = c.read(i, space, id, quorum);
        REQUIRE_MESSAGE(seen, seen.error().message());
        CHECK_MESSAGE(seen->size() == 1, id << " on " << i);
      }
    }
  }

  TEST_CASE("a member that hears late waits with a quorum read, and not with another") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    REQUIRE(c.remember(0, space, "early")->items.at(0));
    REQUIRE(c.agree(space, 1));
    c.board.hold(late);
    REQUIRE(c.remember(0, space, "new")->items.at(0)); // with the other's copy
    CHECK(c.get(2, space, "new").empty());

    std::atomic<bool> answered{false};
    std::promise<base::result<std::vector<memory_record>>> promise;
    c.at(2).get(space, {"new"}, quorum, [&](auto got) {
      answered = true;
      promise.set_value(std::move(got));
    });
    CHECK(c.get(2, space, "new").empty());
    CHECK_FALSE(answered);
    c.board.let_through(late);
    const auto seen = promise.get_future().get();
    REQUIRE_MESSAGE(seen, seen.error().message());
    CHECK(seen->size() == 1);
  }

  TEST_CASE("a scan gives every memory once, whichever replica gives the next page") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    REQUIRE(c.agree(space, 0));
    for (int n = 0; n < 60; ++n)
      REQUIRE(c.remember(n % 3, space, "m" + std::to_string(n), durability::local)->items.at(0));
    c.stop(1);
    c.start(1); // its order is another than that in which the others heard of them
    c.tell();
    REQUIRE(c.agree(space, 60));
    REQUIRE(c.comes([&] { return c.counted(1, "engram_actors_replication_received_total") > 0; }));
    std::map<std::string, int> seen;
    std::string cursor;
    for (std::size_t page = 0; page == 0 || !cursor.empty(); ++page) {
      const auto got =
          wait_for<scan_page>([&](auto done) { c.at(page % 3).scan(space, cursor, 7, done); });
      REQUIRE(got);
      for (const auto& record : got->records) ++seen[record.what.id];
      cursor = got->cursor;
    }
    CHECK(seen.size() == 60);
    for (const auto& [id, count] : seen) CHECK(count == 1);
  }

  TEST_CASE("a quorum recall, over one space and over several, sees what a quorum acknowledged") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    c.create(0, "other");
    recall_request request;
    request.read.level = read_level::quorum;
    for (std::size_t n = 0; n < 10; ++n) {
      const auto id = "n" + std::to_string(n);
      REQUIRE(c.remember(n % 3, space, id)->items.at(0));
      request.query.cue.text = "memory called " + id;
      const auto reader = (n + 1) % 3;
      const auto one =
          wait_for<recall_reply>([&](auto done) { c.at(reader).recall(space, request, done); });
      REQUIRE_MESSAGE(one, one.error().message());
      CHECK(one->answer.hits.size() == n + 1);
      const auto all = wait_for<recall_reply>(
          [&](auto done) { c.at(reader).recall_across({}, {}, request, done); });
      REQUIRE_MESSAGE(all, all.error().message());
      CHECK(all->answer.hits.size() == n + 1);
      CHECK(all->coverage.spaces_answered == 2);
    }
  }

  TEST_CASE(
      "a quorum read that reaches no majority is refused for certain and says what would do") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    REQUIRE(c.remember(0, space, "a")->items.at(0));
    REQUIRE(c.agree(space, 1));
    c.stop(1);
    c.stop(2);
    for (const bool is_known : {false, true}) {
      if (is_known) c.tell();
      const auto refused = c.read(0, space, "a", quorum);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == base::errc::too_few_replicas);
      CHECK(refused.error().certainty() == base::certainty::definite);
      CHECK(refused.error().context.find("any would do") != std::string::npos);
      CHECK(c.get(0, space, "a").size() == 1);
    }
    recall_request request;
    request.query.cue.text = "memory";
    request.read.level = read_level::quorum;
    const auto across =
        wait_for<recall_reply>([&](auto done) { c.at(0).recall_across({}, {}, request, done); });
    REQUIRE(across);
    CHECK(across->coverage.missing_spaces.size() == 1);
    CHECK(across->answer.hits.empty());
  }

  TEST_CASE("the same numbers of a stream, sent through two members, take effect once") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    const auto sent = [&](std::size_t through) {
      std::vector<stream_item> items;
      for (std::uint64_t n = 1; n <= 4; ++n) {
        memory::episode what;
        what.id = base::stream_item_id(space, "walk", n);
        what.text = "step " + std::to_string(n);
        items.push_back({std::move(what), {}});
      }
      items.push_back({memory::association{base::stream_item_id(space, "walk", 1),
                                           base::stream_item_id(space, "walk", 2), "next", 0.5},
                       base::stream_item_id(space, "walk", 5)});
      const auto got = wait_for<write_reply>(
          [&](auto done) { c.at(through).append(space, items, durability::quorum, done); });
      REQUIRE_MESSAGE(got, got.error().message());
      std::size_t known = 0;
      for (const auto& each : got->items) {
        REQUIRE_MESSAGE(each, each.error().message());
        known += each->known;
      }
      return known;
    };
    CHECK(sent(0) == 0);
    REQUIRE(c.agree(space, 4));
    CHECK(sent(1) == 5);
    CHECK(c.agree(space, 4));
    CHECK(c.info(2, space)->associations == 1);
  }

  TEST_CASE("what lies behind a gap in a log is applied when the gap is filled, and not before") {
    cluster_fixture c(3);
    const auto space = c.create(0, "shared").identity;
    REQUIRE(c.agree(space, 0));
    for (std::size_t i = 0; i < 3; ++i) c.stop(i);
    const auto log = foreign_log(space, 3);
    plant(c.members[0], space, log);
    const auto keys = plant(c.members[1], space, log);
    REQUIRE(c.members[1].store->flip(storage::column::log, keys[1], 9)); // damaged here,
    plant(c.members[2], space, {log[0], log[2]});                        // never came here
    for (const std::size_t i : {1, 2}) {
      c.start(i);
      const auto alone = c.info(i, space);
      REQUIRE_MESSAGE(alone, alone.error().message());
      CHECK(alone->memories == 1);
    }
    c.start(0);
    c.tell();
    CHECK(c.agree(space, 3));
  }

  TEST_CASE("a majority is decided once, by the answer that makes it or by the loss that ends it") {
    const base::space_id space{{1, 2}};
    const auto vector = [&](std::uint64_t origin, std::uint64_t sequence) {
      version_vector seen;
      seen.raise({{0, origin}}, sequence);
      return base::result<std::string>(make_token(space, seen, {}, vector_bytes_max));
    };
    const base::result<std::string> lost = base::error{base::errc::unavailable, "gone"};

    majority enough(space, *vector(1, 5), 3, 2);
    CHECK_FALSE(enough.step(vector(1, 3)));
    CHECK_FALSE(enough.step(lost));
    const auto joined = enough.step(vector(2, 9));
    REQUIRE(joined);
    REQUIRE(*joined);
    const auto seen = read_token(**joined, space);
    CHECK(seen->at({{0, 1}}) == 5);
    CHECK(seen->at({{0, 2}}) == 9);

    majority too_few(space, {}, 3, 2);
    CHECK_FALSE(too_few.step(lost));
    const auto refused = too_few.step(lost);
    REQUIRE(refused);
    CHECK(refused->error().code == base::errc::too_few_replicas);
    CHECK_FALSE(too_few.step(vector(1, 1)));
  }

  TEST_CASE("vectors of more runs than a client's token holds are joined whole") {
    const base::space_id space{{1, 2}};
    version_vector many;
    for (std::uint64_t i = 1; i <= 2'000; ++i) many.raise({{i, i}}, i);
    majority one(space, {}, 1, 1);
    const auto joined = one.step(make_token(space, many, {}, vector_bytes_max));
    REQUIRE(joined);
    CHECK(*read_token(**joined, space) == many);
  }
}

} // namespace engram::actors

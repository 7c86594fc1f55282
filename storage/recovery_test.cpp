#include "storage/recovery.hpp"

#include "base/bytes.hpp"
#include "storage/log_writer.hpp"
#include "storage/memory_store.hpp"
#include "storage/store_conformance.hpp"

#include <set>

namespace engram::storage {
namespace {

const base::space_id SPACE{{1, 1}};
constexpr base::instant NOW{1'700'000'000'000};
constexpr std::uint32_t OWN = 3;

std::string episode_key(std::uint64_t sequence) {
  return std::string(1, episode_item) + entry_key(0, OWN, sequence).substr(4);
}

std::string text_of(std::uint64_t i) { return "text " + std::to_string(i); }

/// A space with `written` episodes in its log, of which the first `applied` are in its state.
struct world {
  memory_store store;
  log_writer log{{OWN, {{7, 7}}}, {}};

  world(std::uint64_t written, std::uint64_t applied) {
    for (std::uint64_t i = 1; i <= written; ++i)
      REQUIRE(log.append({i, 1, SPACE, {{1, {i, 0}, seal_payload({i, i}, text_of(i))}}}));
    write();
    for (std::uint64_t i = 1; i <= applied; ++i) log.note_put(1, episode_key(i), "item");
    log.note_put(1, "A", "before the episodes");
    log.note_put(1, "X", "behind them");
    log.note_applied(1, OWN, applied);
    write();
  }
  void write() { REQUIRE(store.write(log.form(NOW).changes, true).has_value()); }

  recovered_items read_state(std::size_t step = 3) {
    recovered_items all;
    state_reader reader{store, 1};
    for (;;) {
      auto some = reader.next(step);
      REQUIRE(some.has_value());
      CHECK(some->items.size() <= step);
      for (auto& d : some->damage) all.damage.push_back(d);
      if (some->items.empty()) return all;
      for (auto& item : some->items) all.items.push_back(std::move(item));
    }
  }
  struct tail {
    std::vector<tail_entry> entries;
    std::vector<base::error> damage;
  };
  tail read_all_tail() {
    tail out;
    const auto vector = read_vector(store, 1);
    REQUIRE(vector.has_value());
    auto damage = read_tail(store, 1, {1, 2, OWN, 4}, vector->rows,
                            [&](tail_entry e) { out.entries.push_back(std::move(e)); });
    REQUIRE(damage.has_value());
    out.damage = *damage;
    return out;
  }
};

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("state items come back in order, episodes with the payload they refer to") {
  world w{10, 10};
  const auto all = w.read_state();
  CHECK(all.damage.empty());
  REQUIRE(all.items.size() == 12);
  CHECK(all.items[0].key == "A");
  CHECK_FALSE(all.items[0].payload.has_value());
  for (std::uint64_t i = 1; i <= 10; ++i) {
    CHECK(all.items[i].key == episode_key(i));
    CHECK(all.items[i].payload == text_of(i));
  }
  CHECK(all.items[11].key == "X");
  CHECK(w.read_all_tail().entries.empty());
}

TEST_CASE("payloads that no item refers to are passed over") {
  world w{10, 0};
  w.log.note_put(1, episode_key(2), "item");
  w.log.note_put(1, episode_key(9), "item");
  w.write();
  const auto all = w.read_state();
  REQUIRE(all.items.size() == 4);
  CHECK(all.items[1].payload == text_of(2));
  CHECK(all.items[2].payload == text_of(9));
  CHECK(all.damage.empty());
}

TEST_CASE("entries above the vector come back, and continue the log writer's chain") {
  world w{10, 7};
  const auto tail = w.read_all_tail();
  CHECK(tail.damage.empty());
  REQUIRE(tail.entries.size() == 3);
  log_writer next{{OWN + 1, {{8, 8}}}, {}};
  const auto vector = read_vector(w.store, 1);
  REQUIRE(vector->rows.size() == 1);
  CHECK(vector->rows[0].applied == 7);
  next.restore(1, OWN, vector->rows[0].applied, vector->rows[0].running);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(tail.entries[i].origin == OWN);
    CHECK(tail.entries[i].header.sequence == 8 + i);
    CHECK(tail.entries[i].payload == text_of(8 + i));
    CHECK_FALSE(tail.entries[i].after_gap);
    next.replayed(1, OWN, tail.entries[i].header);
  }
  next.note_applied(1, OWN, 10);
  REQUIRE(w.store.write(next.form(NOW).changes, true).has_value());
  CHECK(read_vector(w.store, 1)->rows[0].applied == 10);
  CHECK(w.read_all_tail().entries.empty());
}

TEST_CASE("other spaces are not read") {
  world w{2, 2};
  REQUIRE(w.log.append({9, 2, SPACE, {{1, {}, seal_payload({}, "elsewhere")}}}));
  w.log.note_put(2, "E", "elsewhere");
  w.write();
  CHECK(w.read_state().items.size() == 4);
  CHECK(w.read_all_tail().entries.empty());
}

TEST_CASE("a damaged payload costs its episode's text, named, and nothing else") {
  world w{10, 10};
  REQUIRE(w.store.flip(column::payload, entry_key(1, OWN, 4), 77));
  const auto all = w.read_state();
  REQUIRE(all.items.size() == 12);
  for (std::uint64_t i = 1; i <= 10; ++i) CHECK(all.items[i].payload.has_value() == (i != 4));
  REQUIRE_FALSE(all.damage.empty());
  CHECK(all.damage.back().context.find(base::to_hex(entry_key(1, OWN, 4))) != std::string::npos);
}

TEST_CASE("a missing payload is damage too, an erased one is not") {
  world w{3, 3};
  batch changes;
  changes.erase(column::payload, entry_key(1, OWN, 3));
  REQUIRE(w.store.write(changes, true).has_value());
  w.log.note_payload_erased(1, OWN, 1);
  w.write();
  const auto all = w.read_state();
  CHECK_FALSE(all.items[1].payload.has_value());
  CHECK(all.items[2].payload == text_of(2));
  CHECK_FALSE(all.items[3].payload.has_value());
  REQUIRE(all.damage.size() == 1);
  CHECK(all.damage[0].context.find("it is not there") != std::string::npos);
}

TEST_CASE("a damaged state item is left out and named") {
  world w{5, 5};
  REQUIRE(w.store.flip(column::state, std::string("\0\0\0\1", 4) + episode_key(2), 5));
  const auto all = w.read_state();
  CHECK(all.items.size() == 6);
  REQUIRE(all.damage.size() == 1);
  CHECK(all.damage[0].code == base::errc::corrupt);
}

TEST_CASE("a damaged header above the vector is passed over, and what follows says so") {
  world w{6, 3};
  REQUIRE(w.store.flip(column::log, entry_key(1, OWN, 5), 9));
  const auto tail = w.read_all_tail();
  CHECK(tail.damage.size() == 1);
  REQUIRE(tail.entries.size() == 2);
  CHECK(tail.entries[0].header.sequence == 4);
  CHECK_FALSE(tail.entries[0].after_gap);
  CHECK(tail.entries[1].header.sequence == 6);
  CHECK(tail.entries[1].after_gap);
}

TEST_CASE("entries above a gap wait for what is missing and are not brought back without it") {
  world w{6, 3};
  batch changes; // as another run's log looks when the process ended before the gap was filled
  changes.erase(column::log, entry_key(1, OWN, 5));
  changes.erase(column::payload, entry_key(1, OWN, 5));
  REQUIRE(w.store.write(changes, true).has_value());
  const auto tail = w.read_all_tail();
  CHECK(tail.damage.empty());
  REQUIRE(tail.entries.size() == 1);
  CHECK(tail.entries[0].header.sequence == 4);
}

TEST_CASE("log damage behind the last entry is no loss, at an entry it is") {
  world w{6, 5};
  REQUIRE(w.store.flip(column::log, entry_key(1, OWN, 6), 9));
  CHECK(w.read_all_tail().damage.size() == 1);
  batch changes;
  changes.erase(column::payload, entry_key(1, OWN, 6)); // as if the damaged row were no entry
  REQUIRE(w.store.write(changes, true).has_value());
  CHECK(w.read_all_tail().damage.empty());
}

TEST_CASE("an entry whose running hash does not fit ends its origin and is reported as a fork") {
  world w{6, 3};
  auto header = *decode_header(*w.store.get(column::log, entry_key(1, OWN, 5)));
  ++header.stamp.value;
  put_one(w.store, column::log, entry_key(1, OWN, 5), encode_header(header));
  const auto tail = w.read_all_tail();
  CHECK(tail.entries.size() == 1);
  REQUIRE(tail.damage.size() == 1);
  CHECK(tail.damage[0].code == base::errc::origin_forked);
}

TEST_CASE("an unreadable store is an error, not damage") {
  world w{3, 3};
  state_reader reader{w.store, 1};
  w.store.fail_reads(true);
  CHECK_FALSE(read_vector(w.store, 1).has_value());
  CHECK_FALSE(state_reader(w.store, 1).next(5).has_value());
  CHECK_FALSE(read_tail(w.store, 1, {OWN}, {}, [](tail_entry) {}).has_value());
}

TEST_CASE("whatever is flipped, all that is returned was written, and loss is never silent") {
  base::random random{17};
  for (int round = 0; round < 200; ++round) {
    world w{20, 12};
    for (const auto c : {column::log, column::payload, column::state, column::meta})
      if (random.chance(0.5)) w.store.flip_any(c, random);
    const auto all = w.read_state();
    std::size_t without_text = 0;
    for (const auto& item : all.items) {
      if (item.key[0] != episode_item) continue;
      const auto sequence = parse_entry_key("\1\1\1\1" + item.key.substr(1))->sequence;
      if (item.payload) CHECK(*item.payload == text_of(sequence));
      if (!item.payload) ++without_text;
    }
    if (all.items.size() < 14 || without_text > 0) CHECK_FALSE(all.damage.empty());
    const auto vector = read_vector(w.store, 1);
    REQUIRE(vector.has_value());
    if (vector->rows.empty()) CHECK_FALSE(vector->damage.empty()); // both copies were hit
    if (!vector->rows.empty()) CHECK(vector->rows[0].applied == 12);
    const auto tail = w.read_all_tail();
    const auto expected = vector->rows.empty() ? 20u : 8u;
    if (tail.entries.size() < expected) CHECK_FALSE(tail.damage.empty());
    for (const auto& e : tail.entries)
      if (e.payload) CHECK(*e.payload == text_of(e.header.sequence));
  }
}

TEST_SUITE_END();

} // namespace engram::storage

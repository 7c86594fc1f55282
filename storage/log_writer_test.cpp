#include "storage/log_writer.hpp"

#include "storage/checksum.hpp"
#include "storage/memory_store.hpp"
#include "storage/meta_rows.hpp"
#include "storage/meta_store.hpp"
#include "tests/support/doctest.hpp"

namespace engram::storage {
namespace {

const base::space_id SPACE{{1, 1}};
const log_writer::run SELF{3, {{7, 7}}};
constexpr base::instant NOW{1'700'000'000'000};

submission one(std::uint64_t ticket, std::string text, std::uint32_t space = 1) {
  return {ticket, space, SPACE, {{1, {ticket, 0}, seal_payload({ticket, 9}, text)}}};
}

/// The log of another run, as a peer would send it.
std::vector<entry> foreign_log(std::size_t count, base::origin_id origin, std::uint64_t salt = 5) {
  std::vector<entry> out;
  base::hash128 running;
  for (std::uint64_t i = 1; i <= count; ++i) {
    entry e;
    e.payload = {{salt, i}, "text " + std::to_string(i)};
    e.header.space = SPACE;
    e.header.origin = origin;
    e.header.sequence = i;
    e.header.stamp.value = i;
    e.header.payload_bytes = static_cast<std::uint32_t>(e.payload.bytes.size());
    e.header.payload_hash = hash_payload(e.payload.salt, e.payload.bytes);
    seal_header(running, e.header);
    running = e.header.running;
    out.push_back(std::move(e));
  }
  return out;
}

foreign_entry offered(const entry& what, std::uint64_t ticket = 0) {
  return {ticket, 1, 9, what.header, what.erased ? "" : encode_payload(what.payload), std::nullopt};
}

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("sequences count per space, stamps rise over all, running hashes chain") {
  log_writer log{SELF, {}};
  REQUIRE(log.append(one(1, "a", 1)).has_value());
  REQUIRE(log.append(one(2, "b", 2)).has_value());
  REQUIRE(log.append(one(3, "c", 1)).has_value());
  const auto formed = log.form(NOW);

  REQUIRE(formed.outcomes.size() == 3);
  CHECK(formed.sync);
  const auto& a = formed.outcomes[0].entries.at(0);
  const auto& b = formed.outcomes[1].entries.at(0);
  const auto& c = formed.outcomes[2].entries.at(0);
  CHECK(a.sequence == 1);
  CHECK(b.sequence == 1);
  CHECK(c.sequence == 2);
  CHECK(a.stamp < b.stamp);
  CHECK(b.stamp < c.stamp);
  CHECK(a.stamp.wall() == NOW);
  CHECK(a.running == running_hash({}, a));
  CHECK(c.running == running_hash(a.running, c));
  CHECK(formed.outcomes[2].ticket == 3);
  CHECK(log.idle());
}

TEST_CASE("stamps stay above those of the run before, though the clock went back") {
  const base::hlc newest{std::uint64_t{NOW.ms + 5000} << 16};
  log_writer log{SELF, newest};
  REQUIRE(log.append(one(1, "a")).has_value());
  CHECK(log.form(NOW).outcomes[0].entries[0].stamp > newest);
}

TEST_CASE("a batch carries header and payload under one key, and the newest stamp") {
  log_writer log{SELF, {}};
  REQUIRE(log.append(one(1, "what happened")).has_value());
  const auto formed = log.form(NOW);
  memory_store store;
  REQUIRE(store.write(formed.changes, formed.sync).has_value());

  const auto key = entry_key(1, SELF.number, 1);
  const auto header = decode_header(*store.get(column::log, key));
  REQUIRE(header.has_value());
  CHECK(*header == formed.outcomes[0].entries[0]);
  const auto payload = decode_payload(*store.get(column::payload, key));
  CHECK(payload->bytes == "what happened");
  CHECK(hash_payload(payload->salt, payload->bytes) == header->payload_hash);
  const auto clock = read_meta(store, meta::clock_key());
  CHECK(*meta::decode_clock(clock->rows.at(meta::clock_key())) == header->stamp);
}

TEST_CASE("a submission is never split, and a batch takes no more than its bounds") {
  log_limits limits;
  limits.batch_entries_max = 4;
  log_writer log{SELF, {}, limits};
  auto large = one(1, "x");
  large.items.resize(6, large.items[0]);
  REQUIRE(log.append(large).has_value());
  for (std::uint64_t i = 2; i <= 6; ++i) REQUIRE(log.append(one(i, "y")).has_value());

  const auto first = log.form(NOW), second = log.form(NOW), third = log.form(NOW);
  CHECK(first.outcomes.size() == 1);
  CHECK(first.outcomes[0].entries.size() == 6);
  CHECK(second.outcomes.size() == 4);
  CHECK(third.outcomes.size() == 1);
  CHECK(third.outcomes[0].entries[0].sequence == 11);
}

TEST_CASE("a full queue refuses as overloaded, and takes again when a batch has left") {
  log_limits limits;
  limits.queue_bytes_max = 1000;
  log_writer log{SELF, {}, limits};
  REQUIRE(log.append(one(1, std::string(700, 'x'))).has_value());
  const auto refused = log.append(one(2, std::string(700, 'x')));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == base::errc::overloaded);
  CHECK(refused.error().certainty() == base::certainty::definite);
  CHECK(log.form(NOW).outcomes.size() == 1);
  CHECK(log.queued_bytes() == 0);
  CHECK(log.append(one(2, std::string(5000, 'x'))).has_value()); // alone, also a large one
}

TEST_CASE("state and vector ride in the next batch, together with its entries") {
  log_writer log{SELF, {}};
  REQUIRE(log.append(one(1, "a")).has_value());
  const auto first = log.form(NOW);
  log.note_put(1, "Kx", "value");
  log.note_applied(1, SELF.number, 1);
  REQUIRE(log.append(one(2, "b")).has_value());
  const auto second = log.form(NOW);

  memory_store store;
  REQUIRE(store.write(first.changes, true).has_value());
  const auto vector_key = meta::vector_key(1, SELF.number);
  CHECK_FALSE(store.get(column::meta, vector_key).has_value());
  REQUIRE(store.write(second.changes, true).has_value());
  CHECK(*store.get(column::state, std::string("\0\0\0\1Kx", 6)) == "value");
  const auto row = meta::decode_vector(vector_key, *store.get(column::meta, vector_key));
  CHECK(*row == vector_row{1, SELF.number, 1, first.outcomes[0].entries[0].running});
  CHECK(store.get(column::log, entry_key(1, SELF.number, 2)).has_value());
}

TEST_CASE("state alone forms a batch that needs no sync; nothing forms none") {
  log_writer log{SELF, {}};
  CHECK(log.idle());
  CHECK(log.form(NOW).changes.empty());
  log.note_erase(1, "Kx");
  CHECK_FALSE(log.idle());
  const auto formed = log.form(NOW);
  CHECK_FALSE(formed.sync);
  CHECK(formed.changes.changes().size() == 1);
}

TEST_CASE("an erased payload leaves its header and says erased") {
  log_writer log{SELF, {}};
  REQUIRE(log.append(one(1, "secret")).has_value());
  memory_store store;
  REQUIRE(store.write(log.form(NOW).changes, true).has_value());
  log.note_payload_erased(1, SELF.number, 1);
  REQUIRE(store.write(log.form(NOW).changes, true).has_value());
  CHECK(store.get(column::payload, entry_key(1, SELF.number, 1))->empty());
  CHECK(store.get(column::log, entry_key(1, SELF.number, 1)).has_value());
}

TEST_CASE("a vector is noted once for each advance, and never goes back") {
  log_writer log{SELF, {}};
  auto three = one(1, "x");
  three.items.resize(3, three.items[0]);
  REQUIRE(log.append(three).has_value());
  const auto formed = log.form(NOW);
  log.note_applied(1, SELF.number, 2);
  CHECK(log.form(NOW).changes.changes().size() == 2); // both copies
  log.note_applied(1, SELF.number, 2);
  log.note_applied(1, SELF.number, 1);
  CHECK(log.idle());
  log.note_applied(1, SELF.number, 3);
  const auto last = log.form(NOW);
  const auto& row = last.changes.changes().back();
  CHECK(meta::decode_vector(row.key, row.value)->running == formed.outcomes[0].entries[2].running);
}

TEST_CASE("entries of another run are taken with the header they have") {
  log_writer log{SELF, {}};
  const auto theirs = foreign_log(2, {{8, 8}});
  CHECK(*log.offer(offered(theirs[0], 5), NOW) == origin_chain::verdict::next);
  CHECK(*log.offer(offered(theirs[1]), NOW) == origin_chain::verdict::next);
  CHECK(*log.offer(offered(theirs[0]), NOW) == origin_chain::verdict::known);
  const auto formed = log.form(NOW);
  REQUIRE(formed.outcomes.size() == 2);
  CHECK(formed.outcomes[0].ticket == 5);
  CHECK(formed.outcomes[0].origin == 9);
  CHECK(formed.outcomes[0].entries.at(0) == theirs[0].header);
  memory_store store;
  REQUIRE(store.write(formed.changes, true).has_value());
  CHECK(*decode_header(*store.get(column::log, entry_key(1, 9, 2))) == theirs[1].header);
  CHECK(*decode_payload(*store.get(column::payload, entry_key(1, 9, 2))) == theirs[1].payload);
}

TEST_CASE("an entry above a gap is made durable, and applied when the gap closes") {
  log_writer log{SELF, {}};
  const auto theirs = foreign_log(4, {{8, 8}});
  CHECK(*log.offer(offered(theirs[2]), NOW) == origin_chain::verdict::above_gap);
  CHECK(*log.offer(offered(theirs[2]), NOW) == origin_chain::verdict::known);
  CHECK(*log.offer(offered(theirs[1]), NOW) == origin_chain::verdict::above_gap);
  const auto held = log.form(NOW);
  CHECK(held.sync);
  REQUIRE(held.outcomes.size() == 2);
  CHECK(held.outcomes[0].entries.empty());

  CHECK(*log.offer(offered(theirs[0]), NOW) == origin_chain::verdict::next);
  const auto closed = log.form(NOW);
  REQUIRE(closed.outcomes.size() == 1);
  CHECK(closed.outcomes[0].entries.at(0).sequence == 1);
  REQUIRE(closed.outcomes[0].released.size() == 2);
  CHECK(closed.outcomes[0].released[1] == theirs[2].header);
  CHECK(*log.offer(offered(theirs[3]), NOW) == origin_chain::verdict::next);
}

TEST_CASE("another entry at a taken place is a fork, and ends what is taken of that origin") {
  log_writer log{SELF, {}};
  const auto theirs = foreign_log(3, {{8, 8}}), others = foreign_log(3, {{8, 8}}, 6);
  REQUIRE(log.offer(offered(theirs[0]), NOW).has_value());

  SUBCASE("seen at the same place") {
    CHECK(log.offer(offered(others[0]), NOW).error().code == base::errc::origin_forked);
  }
  SUBCASE("seen by what follows") {
    CHECK(log.offer(offered(others[1]), NOW).error().code == base::errc::origin_forked);
  }
  SUBCASE("seen against the disk") {
    log.restore(1, 9, 3, theirs[2].header.running);
    auto again = offered(others[1]);
    again.stored = theirs[1].header.running;
    CHECK(log.offer(again, NOW).error().code == base::errc::origin_forked);
  }
  CHECK(log.offer(offered(theirs[1]), NOW).error().code == base::errc::origin_forked);
  CHECK(log.append(one(1, "own")).has_value());
}

TEST_CASE(
    "a payload that does not fit its header, and an unknown entry of our own run, are refused") {
  log_writer log{SELF, {}};
  auto theirs = foreign_log(2, {{8, 8}});
  theirs[0].payload.bytes += "!";
  CHECK(log.offer(offered(theirs[0]), NOW).error().code == base::errc::malformed_message);
  CHECK(log.idle());

  const auto ours = foreign_log(1, SELF.id);
  auto entry = offered(ours[0]);
  entry.origin = SELF.number;
  CHECK(log.offer(entry, NOW).error().code == base::errc::origin_forked);
}

TEST_CASE("a header whose payload was erased is taken without one") {
  log_writer log{SELF, {}};
  auto theirs = foreign_log(1, {{8, 8}});
  theirs[0].erased = true;
  theirs[0].payload = {};
  REQUIRE(log.offer(offered(theirs[0]), NOW).has_value());
  memory_store store;
  REQUIRE(store.write(log.form(NOW).changes, true).has_value());
  CHECK(store.get(column::payload, entry_key(1, 9, 1))->empty());
}

TEST_CASE("replayed entries continue the chain, also behind a gap that damage left") {
  log_writer log{SELF, {}};
  const auto theirs = foreign_log(5, {{8, 8}});
  log.restore(1, 9, 1, theirs[0].header.running);
  log.replayed(1, 9, theirs[1].header);
  log.replayed(1, 9, theirs[3].header);
  log.note_applied(1, 9, 4);
  const auto noted = log.form(NOW);
  CHECK(meta::decode_vector(noted.changes.changes()[1].key, noted.changes.changes()[1].value)
            ->running == theirs[3].header.running);
  CHECK(*log.offer(offered(theirs[4]), NOW) == origin_chain::verdict::next);
}

TEST_SUITE_END();

} // namespace engram::storage

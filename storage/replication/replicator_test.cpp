#include "storage/memory_store.hpp"
#include "storage/replication/replicator.hpp"
#include "tests/support/doctest.hpp"

#include <algorithm>

namespace engram::storage {
namespace {

const base::store_id SELF{{0, 1}}, PEER{{0, 2}}, OTHER{{0, 3}};
const base::space_id SPACE{{7, 7}};
constexpr base::instant NOW{1'000'000};

class counting_entropy final : public base::entropy {
public:
  explicit counting_entropy(std::uint64_t high) : high_(high) {}
  base::hash128 draw() override { return {high_, ++last_}; }

private:
  std::uint64_t high_, last_ = 0;
};

/// One store with one space and two peers.
struct writer final : log_access {
  explicit writer(std::uint64_t store = 9)
      : entropy(store), runs(*catalog::open(disk, entropy, NOW, {base::hash128{1, 1}, false})),
        log({runs.self().number, runs.self().origin}, {}),
        number(runs.add_space(SPACE, {}, log.notes())),
        core({SELF, SPACE, number, disk, *this, entropy}) {
    core.placed({SELF, PEER, OTHER});
  }
  void use(const std::function<void(log_writer&, catalog&)>& work) override { work(log, runs); }

  formed_batch form(std::string_view text) {
    CHECK(log.append({++ticket, number, SPACE, {{1, entropy.draw(), seal_payload({5, 5}, text)}}})
              .has_value());
    return log.form(NOW, true);
  }
  static message::acknowledgement ack_of(const log_outcome& what) {
    const auto& last = what.entries.back();
    return {SPACE, last.origin, {last.sequence, last.running}};
  }

  memory_store disk;
  counting_entropy entropy;
  catalog runs;
  log_writer log;
  std::uint32_t number;
  replicator core;
  std::uint64_t ticket = 0;
};

} // namespace

TEST_SUITE_BEGIN("storage");

TEST_CASE("an entry is pushed while its batch is being written, once, with its payload") {
  writer w;
  const auto batch = w.form("tea at four");
  const auto early = w.core.formed(batch.outcomes[0], NOW);
  REQUIRE(early.send.size() == 2);
  const auto& pushed = std::get<message::entries>(early.send[0].what);
  REQUIRE(pushed.items.size() == 1);
  CHECK(pushed.items[0].payload == seal_payload({5, 5}, "tea at four").stored);
  CHECK(w.core.held().empty()); // a vector claims what is on disk, no more

  REQUIRE(w.disk.write(batch.changes, true).has_value());
  CHECK(w.core.durable(batch.outcomes[0], NOW).send.empty());
  CHECK(w.core.held().at(w.runs.self().origin) == 1);
}

TEST_CASE("an acknowledgement that overtakes the own disk counts once the own disk has it") {
  writer w;
  const auto batch = w.form("tea at four");
  (void)w.core.formed(batch.outcomes[0], NOW);
  const auto origin = w.runs.self().origin;
  (void)w.core.receive(PEER, message::vector{SPACE, {}, false, false}, NOW);
  const auto heard = w.core.receive(PEER, writer::ack_of(batch.outcomes[0]), NOW);
  CHECK(heard.next == replicator::step::go_on); // no fork: it was written here
  CHECK(w.core.known(PEER)->at(origin) == 0);   // or this store would seem to lack its own

  REQUIRE(w.disk.write(batch.changes, true).has_value());
  (void)w.core.durable(batch.outcomes[0], NOW);
  const auto done = w.core.await(1, {{origin, 1, 1}}, 2, NOW, NOW);
  REQUIRE(done.writes.size() == 1);
  CHECK(done.writes[0].holders == std::vector{SELF, PEER});
  CHECK(w.core.known(PEER)->at(origin) == 1);
}

TEST_CASE("an acknowledgement of another log of the own run counts for nothing") {
  writer w;
  const auto batch = w.form("tea at four");
  (void)w.core.formed(batch.outcomes[0], NOW);
  auto ack = writer::ack_of(batch.outcomes[0]);
  ack.mark.running.low ^= 1;
  (void)w.core.receive(PEER, ack, NOW);
  REQUIRE(w.disk.write(batch.changes, true).has_value());
  (void)w.core.durable(batch.outcomes[0], NOW);
  CHECK(w.core.await(1, {{w.runs.self().origin, 1, 1}}, 2, NOW + base::duration{1}, NOW)
            .writes.empty());
}

/// A body that came erased from PEER, which does not say why.
void take_erased(writer& w) {
  writer source(10);
  const auto header = source.form("tea at four").outcomes[0].entries[0];
  const message::entries push{SPACE, header.origin, true, false, false, {{header, ""}}};
  (void)w.core.receive(PEER, message::vector{SPACE, {}, false, false}, NOW);
  (void)w.core.receive(PEER, push, NOW);
  const auto batch = w.log.form(NOW, true);
  REQUIRE(w.disk.write(batch.changes, true).has_value());
  REQUIRE(batch.outcomes.size() == 1);
  (void)w.core.durable(batch.outcomes[0], NOW);
  REQUIRE_FALSE(w.core.is_comparable());
}

TEST_CASE("after a body that came erased, equal digests are enough to compare states again") {
  writer w;
  take_erased(w);
  // Of this peer nothing came erased; of the other no vector will come: nothing is missing.
  (void)w.core.receive(OTHER, message::state_hashes{SPACE, w.core.digest(), {{1, 1}}}, NOW);
  CHECK(w.core.tick(NOW).wish == account_wish::none);
  (void)w.core.receive(PEER, message::state_hashes{SPACE, w.core.digest(), {{1, 1}}}, NOW);
  CHECK(w.core.is_comparable());
  CHECK(w.core.tick(NOW).wish == account_wish::kept);
}

TEST_CASE("why a body came erased is waited for; then another's copy is wanted") {
  writer w;
  take_erased(w);
  const auto patience = replicator_settings{}.explain_patience;
  w.core.lost(PEER); // it may be back
  (void)w.core.receive(OTHER, message::vector{SPACE, {}, false, false}, NOW);
  const auto asks = [](const replicator::effects& what) {
    return std::any_of(what.send.begin(), what.send.end(), [](const outgoing& one) {
      return std::holds_alternative<message::snapshot_request>(one.what);
    });
  };
  CHECK_FALSE(asks(w.core.tick(NOW + patience - base::duration{1})));
  CHECK(asks(w.core.tick(NOW + patience)));
  CHECK_FALSE(w.core.is_distrusted());
}

TEST_CASE("where no replica has a copy to give, the first makes do with its own") {
  const auto patience = replicator_settings{}.explain_patience;
  writer first, last;
  last.core.placed({PEER, OTHER, SELF});
  for (auto* w : {&first, &last}) {
    take_erased(*w);
    (void)w->core.tick(NOW + patience);
    (void)w->core.tick(NOW + patience * 2);
  }
  CHECK(first.core.is_comparable());
  CHECK_FALSE(last.core.is_comparable()); // it is given the first's
  (void)last.core.tick(NOW + patience * 4);
  CHECK(last.core.is_comparable());
}

TEST_CASE("the newest running hashes are kept, and all that is not on disk yet") {
  own_tail tail;
  entry_header header;
  for (std::uint64_t i = 1; i <= 3'000; ++i) {
    header.sequence = i;
    header.running = {0, i};
    CHECK(tail.add(header));
  }
  CHECK_FALSE(tail.add(header));
  tail.settle(1'000);
  CHECK_FALSE(tail.at(1'000).has_value());
  CHECK(tail.at(1'001) == base::hash128{0, 1'001});
  tail.settle(3'000);
  CHECK_FALSE(tail.at(3'000 - own_tail::kept_max).has_value());
  CHECK(tail.at(3'000) == base::hash128{0, 3'000});
  CHECK_FALSE(tail.at(3'001).has_value());
}

TEST_SUITE_END();

} // namespace engram::storage

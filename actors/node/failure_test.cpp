// What happens when things go wrong: the promise is always a definite or an honest indefinite
// answer, and that the rest of the node lives on.
#include "actors/testing/node_fixture.hpp"

using namespace engram;
using namespace engram::actors;

TEST_CASE("a partition that crashes once is reopened and keeps what was acknowledged") {
  node_fixture n(false);
  auto crashes = std::make_shared<std::atomic<int>>(0);
  n.probe = [crashes](const memory::entry_meta& meta) {
    if (meta.sequence == 3 && crashes->fetch_add(1) == 0) throw std::runtime_error("planted");
  };
  n.boot();
  const auto space = n.create("notes").identity;
  REQUIRE(n.remember(space, "1", "one"));
  REQUIRE(n.remember(space, "2", "two"));
  const auto third = n.remember(space, {n.episode("3", "three")});
  REQUIRE_FALSE(third);
  CHECK(third.error().certainty() == base::certainty::indefinite);
  CHECK(n.remember(space, "3", "three")->known); // it was durable, and a retry says so
  CHECK(n.info(space).memories == 3);
  CHECK(n.remember(space, "4", "four"));
  n.reboot();
  CHECK(n.info(space).memories == 4);
}

TEST_CASE("a space that fails twice on one entry is parked and the others live on") {
  node_fixture n(false);
  std::atomic<bool> planted{true};
  base::space_id bad;
  n.boot();
  const auto good = n.create("good").identity;
  bad = n.create("bad").identity;
  REQUIRE(n.remember(bad, "1", "one"));
  n.probe = [&planted](const memory::entry_meta& meta) {
    if (planted && meta.sequence == 2) throw std::runtime_error("planted");
  };
  n.reboot();
  // Another run: its second entry in a space is the poisoned one.
  REQUIRE(n.remember(bad, "2", "two"));
  CHECK_FALSE(n.remember(bad, {n.episode("3", "three")}));
  const auto parked = n.remember(bad, {n.episode("4", "four")});
  REQUIRE_FALSE(parked);
  CHECK(parked.error().code == base::errc::space_parked);
  CHECK(n.info(bad).parked);
  CHECK(n.remember(good, "1", "one"));
  CHECK(n.status().verdict == "serving; spaces out of service: 1");
  planted = false;
  n.reboot();
  CHECK(n.info(bad).memories == 3);
}

TEST_CASE("an entry that a newer version wrote stops its space, kept and not skipped") {
  node_fixture n;
  const auto space = n.create("notes").identity;
  REQUIRE(n.remember(space, "1", "one"));
  n.core.reset();
  {
    auto catalog = storage::catalog::open(*n.store, n.entropy, n.clock.wall());
    REQUIRE(catalog);
    storage::log_writer log({catalog->self().number, catalog->self().origin},
                            catalog->newest_stamp());
    REQUIRE(log.append({1,
                        *catalog->space_number(space),
                        space,
                        {{31, {1, 1}, storage::seal_payload({1, 1}, "\x1f from the future")}}}));
    REQUIRE(n.store->write(log.form(n.clock.wall()).changes, true));
  }
  n.boot();
  CHECK(n.get(space, {"1"}).error().code == base::errc::space_parked);
  CHECK(n.create("other").memories == 0);
}

TEST_CASE("a failed write is indefinite, ends the process, and reads go on until then") {
  node_fixture n;
  const auto space = n.create("notes").identity;
  REQUIRE(n.remember(space, "1", "one"));
  n.store->fail_next_write(storage::memory_store::write_fault::nothing_written);
  const auto failed = n.remember(space, "2", "two");
  CHECK(failed.error().code == base::errc::write_failed);
  CHECK(failed.error().certainty() == base::certainty::indefinite);
  const auto after = n.remember(space, "3", "three");
  CHECK(after.error().code == base::errc::unavailable);
  CHECK(n.fatal == 1);
  CHECK(n.get(space, {"1"})->size() == 1);
  CHECK_FALSE(n.status().ready);
  CHECK_FALSE(n.status().accepting_writes);
  n.reboot();
  CHECK(n.remember(space, "2", "two"));
  CHECK(n.info(space).memories == 2);
}

TEST_CASE("an indefinite write that did happen is known to its retry") {
  node_fixture n;
  const auto space = n.create("notes").identity;
  REQUIRE(n.remember(space, "1", "one"));
  n.store->fail_next_write(storage::memory_store::write_fault::written);
  CHECK(n.remember(space, "2", "two").error().certainty() == base::certainty::indefinite);
  n.reboot();
  CHECK(n.remember(space, "2", "two")->known);
}

TEST_CASE("the disk's reserve refuses writes for certain, and writes resume when there is room") {
  node_fixture n(false);
  n.config.disk_reserve_bytes = 1 << 20;
  n.boot();
  const auto space = n.create("notes").identity;
  REQUIRE(n.remember(space, "1", "one"));
  n.store->set_capacity(1 << 20);
  n.clock.advance(base::duration{1000});
  const auto refused = n.remember(space, "2", "two");
  CHECK(refused.error().code == base::errc::disk_reserve);
  CHECK(refused.error().certainty() == base::certainty::definite);
  CHECK_FALSE(n.status().accepting_writes);
  CHECK(n.get(space, {"1"})->size() == 1);
  n.store->set_capacity(1ull << 40);
  CHECK(n.remember(space, "2", "two"));
  CHECK(n.status().accepting_writes);
  CHECK(n.fatal == 0);
}

TEST_CASE("overload is refused early and for certain") {
  node_fixture n(false);
  n.config.write_bytes_max = 1;
  n.boot();
  const auto space = n.create("notes").identity;
  auto gate = std::make_shared<std::promise<void>>();
  auto open = gate->get_future().share();
  auto first = std::make_shared<std::promise<void>>();
  // The first reply is held back: until it returns, its credit is taken.
  auto inside = std::make_shared<std::promise<void>>();
  n.core->remember(space, {n.episode("1", "one")}, durability::quorum,
                   [inside, open, first](const base::result<write_reply>&) {
                     inside->set_value();
                     open.wait();
                     first->set_value();
                   });
  inside->get_future().wait();
  const auto second = n.remember(space, "2", "two");
  CHECK(second.error().code == base::errc::overloaded);
  CHECK(second.error().certainty() == base::certainty::definite);
  gate->set_value();
  first->get_future().wait();
}

TEST_CASE("a draining node refuses writes, finishes those under way, and still reads") {
  node_fixture n;
  const auto space = n.create("notes").identity;
  std::vector<std::future<bool>> answers;
  for (int i = 0; i < 50; ++i) {
    auto answered = std::make_shared<std::promise<bool>>();
    answers.push_back(answered->get_future());
    n.core->remember(space, {n.episode(std::to_string(i), "text")}, durability::quorum,
                     [answered](const base::result<write_reply>& got) {
                       answered->set_value(got && got->items.at(0));
                     });
  }
  std::promise<void> drained;
  n.core->drain([&] { drained.set_value(); });
  CHECK(n.remember(space, "late", "text").error().code == base::errc::shutting_down);
  drained.get_future().wait();
  for (auto& a : answers) CHECK(a.get());
  CHECK(n.get(space, {"49"})->size() == 1);
  CHECK(n.core->stop());
}

TEST_CASE("after a clean stop nothing has to be applied again") {
  node_fixture n(false);
  std::atomic<int> applied{0};
  n.probe = [&applied](const memory::entry_meta&) { ++applied; };
  n.boot();
  const auto space = n.create("notes").identity;
  for (int i = 0; i < 10; ++i) REQUIRE(n.remember(space, std::to_string(i), "text"));
  CHECK(applied == 10);
  REQUIRE(n.core->stop());
  n.reboot();
  CHECK(n.info(space).memories == 10);
  CHECK(applied == 10);
}

TEST_CASE(
    "whichever row of the directory is damaged, its spaces and keys are there, and it heals") {
  const std::string cluster("\0\0\0\1", 4); // the first space of any folder
  const std::pair<storage::column, std::string> kinds[] = {{storage::column::state, cluster},
                                                           {storage::column::meta, "V" + cluster}};
  for (const auto& [column, prefix] : kinds) {
    for (std::size_t nth = 0;; ++nth) {
      node_fixture n;
      const auto space = n.create("notes").identity;
      (void)n.create("dropped");
      REQUIRE(n.drop("dropped"));
      REQUIRE(wait_for<new_key>([&](auto done) {
        n.core->create_key({"reader", scope::read, {"notes"}}, done);
      }));
      REQUIRE(n.remember(space, "1", "one"));
      REQUIRE(n.core->stop());
      n.core.reset();
      const auto cursor = n.store->scan(column, prefix, storage::prefix_end(prefix));
      for (std::size_t i = 0; i < nth; ++i) REQUIRE(*cursor->next());
      if (!*cursor->next()) {
        CHECK(nth > 0);
        break;
      }
      CAPTURE(nth);
      REQUIRE(n.store->flip(column, std::string(cursor->current().key), 9));
      n.boot();
      CHECK(n.core->key_required());
      CHECK(n.info(space).memories == 1);
      CHECK(n.status().spaces.size() == 1);
      if (column != storage::column::state) continue;
      REQUIRE(n.core->stop());
      CHECK(n.store->scrub()->empty());
    }
  }
}

TEST_CASE("a directory that is damaged beyond its log is refused, not guessed") {
  node_fixture n;
  (void)n.create("notes");
  REQUIRE(n.core->stop());
  n.core.reset();
  const std::string cluster("\0\0\0\1", 4);
  for (const auto column : {storage::column::state, storage::column::log}) {
    const auto cursor = n.store->scan(column, cluster, storage::prefix_end(cluster));
    REQUIRE(*cursor->next());
    REQUIRE(n.store->flip(column, std::string(cursor->current().key), 9));
  }
  const auto started = start_node(n.config, {*n.store, n.clock, n.entropy, *n.registry, {}});
  REQUIRE_FALSE(started);
  CHECK(started.error().code == base::errc::corrupt);
}

TEST_CASE("a damaged memory is named and counted, never served; the rest serves") {
  node_fixture n;
  const auto space = n.create("notes").identity;
  for (const auto* id : {"1", "2", "3"}) REQUIRE(n.remember(space, id, "the same kind of text"));
  n.core.reset();
  std::string key;
  for (auto cursor = n.store->scan(storage::column::payload, {}, {}); *cursor->next();)
    key = cursor->current().key; // the newest payload of the newest space
  REQUIRE(n.store->flip(storage::column::payload, key, 40));
  n.boot();
  CHECK(n.info(space).memories == 2);
  CHECK(n.info(space).damaged == 1);
  CHECK(n.get(space, {"3"}).error().code == base::errc::damaged);
  CHECK(n.get(space, {"1", "2"})->size() == 2);
  const auto recalled = n.recall(space, "kind of text");
  CHECK(recalled->answer.hits.size() == 2);
  CHECK(recalled->coverage.damaged == 1);
  CHECK(recalled->coverage.missing.high > 0);
  CHECK(n.status().verdict == "serving; spaces with damaged memories: 1");
}

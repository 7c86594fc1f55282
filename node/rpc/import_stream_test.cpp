#include "base/stream_id.hpp"
#include "node/testing/edge_fixture.hpp"
#include "node/testing/golden.hpp"
#include "tests/support/doctest.hpp"

#include <kj/debug.h>

using namespace engram;
using namespace engram::node;
using base::errc;

namespace {

config narrow() {
  config settings;
  settings.import_items_max = 4;
  return settings;
}

struct import_fixture : rpc_fixture {
  explicit import_fixture(config chosen = {}) : rpc_fixture(true, std::move(chosen)) {}
  schema::MemorySpace::Client space = create(session(), "diary");
  schema::ImportStream::Client stream = open();

  schema::ImportStream::Client open() {
    return space.importRequest().send().wait(wait()).getResult().getOk();
  }
  schema::ImportStream::Client open_stream(kj::StringPtr name, std::uint64_t next,
                                           schema::Durability how = schema::Durability::QUORUM) {
    auto request = space.streamRequest();
    request.setName(name);
    request.setNext(next);
    request.setDurability(how);
    return request.send().wait(wait()).getResult().getOk();
  }
  kj::Promise<void> push(unsigned first, unsigned count, const std::string& text = "hello") {
    auto request = stream.pushRequest();
    auto list = request.initBatch().initEpisodes(count);
    for (unsigned i = 0; i < count; ++i) {
      list[i].setId(text_of(std::to_string(first + i)));
      list[i].setText(text_of(text));
    }
    return request.send();
  }
  auto finish() { return stream.finishRequest().send().wait(wait()); }
  /// A push resolves when the client may send on; this runs until the server has done what it can.
  void settle() {
    kj::Promise<void> never = kj::NEVER_DONE;
    never.poll(wait());
  }
};

} // namespace

TEST_SUITE("node") {

  TEST_CASE("an import counts every item as settled, known or refused") {
    import_fixture f;
    f.push(1, 3).wait(f.wait());
    f.push(2, 2).wait(f.wait()); // 2 and 3 again
    f.push(9, 1, f.service.refused_text).wait(f.wait());
    auto end = f.finish();
    auto progress = end.getResult().getOk();
    CHECK(progress.getSettled() == 6);
    CHECK(progress.getKnown() == 2);
    REQUIRE(progress.getRefused().size() == 1);
    CHECK(progress.getRefused()[0].getItem() == 6);
    CHECK(code_of(progress.getRefused()[0].getError()) == errc::conflict);
  }

  TEST_CASE("a push waits while the credits are used up, and goes on when a batch is durable") {
    import_fixture f(narrow());
    f.service.hold_writes = true;
    f.push(1, 4).wait(f.wait());
    auto second = f.push(5, 4);
    f.settle();
    CHECK(f.service.items_seen == 4);
    f.service.release_one();
    f.settle();
    CHECK(f.service.items_seen == 8);
    f.service.release_one();
    second.wait(f.wait());
    CHECK(f.finish().getResult().getOk().getSettled() == 8);
    CHECK(f.metric("engram_node_import_held_back_total") == "1");
  }

  TEST_CASE("settled never passes an item without an outcome") {
    import_fixture f;
    f.service.hold_writes = true;
    f.push(1, 2).wait(f.wait());
    f.push(3, 2).wait(f.wait());
    f.settle();
    auto observer = f.stream.observerRequest().send().wait(f.wait()).getObserver();
    auto progress = observer.progressRequest().send();
    std::swap(f.service.held[0], f.service.held[1]);
    f.service.release_one(); // the second batch is durable first
    CHECK_FALSE(progress.poll(f.wait()));
    f.service.release_one();
    CHECK(progress.wait(f.wait()).getResult().getOk().getSettled() == 4);
  }

  TEST_CASE("an observer hears of progress while pushes are held back") {
    import_fixture f(narrow());
    auto observer = f.stream.observerRequest().send().wait(f.wait()).getObserver();
    f.service.hold_writes = true;
    f.push(1, 4).wait(f.wait());
    auto held_back = f.push(5, 1);
    f.settle();
    f.service.release_one();
    auto request = observer.progressRequest();
    request.setAfter(0);
    CHECK(request.send().wait(f.wait()).getResult().getOk().getSettled() == 4);
  }

  TEST_CASE("refusals are forgotten once the client has asked for what comes after them") {
    import_fixture f;
    auto observer = f.stream.observerRequest().send().wait(f.wait()).getObserver();
    f.push(1, 2, f.service.refused_text).wait(f.wait());
    auto first = observer.progressRequest();
    CHECK(first.send().wait(f.wait()).getResult().getOk().getRefused().size() == 2);
    f.push(3, 1, f.service.refused_text).wait(f.wait());
    auto next = observer.progressRequest();
    next.setAfter(2);
    auto answer = next.send().wait(f.wait());
    REQUIRE(answer.getResult().getOk().getRefused().size() == 1);
    CHECK(answer.getResult().getOk().getRefused()[0].getItem() == 3);
  }

  TEST_CASE("an observer that waits hears the end when the stream is dropped") {
    import_fixture f;
    auto observer = f.stream.observerRequest().send().wait(f.wait()).getObserver();
    f.push(1, 2).wait(f.wait());
    auto request = observer.progressRequest();
    request.setAfter(2);
    auto waiting = request.send();
    CHECK_FALSE(waiting.poll(f.wait()));
    f.stream = nullptr;
    CHECK(waiting.wait(f.wait()).getResult().getOk().getSettled() == 2);
  }

  TEST_CASE("associations are numbered behind the episodes of their batch") {
    import_fixture f;
    auto request = f.stream.pushRequest();
    auto batch = request.initBatch();
    batch.initEpisodes(1)[0].setId("a");
    batch.getEpisodes()[0].setText(text_of(f.service.refused_text));
    auto association = batch.initAssociations(1)[0];
    association.setSource("a");
    association.setTarget("b");
    association.setKind("next");
    request.send().wait(f.wait());
    auto end = f.finish();
    CHECK(end.getResult().getOk().getSettled() == 2);
    CHECK(end.getResult().getOk().getRefused()[0].getItem() == 1);
    CHECK(f.service.spaces["diary"].associations.size() == 1);
  }

  TEST_CASE("a batch above its bound refuses its items and the import goes on") {
    config settings;
    settings.batch_items_max = 2;
    import_fixture f(settings);
    f.push(1, 3).wait(f.wait());
    f.push(4, 1).wait(f.wait());
    auto end = f.finish();
    CHECK(end.getResult().getOk().getSettled() == 4);
    CHECK(end.getResult().getOk().getRefused().size() == 3);
    CHECK(code_of(end.getResult().getOk().getRefused()[0].getError()) == errc::batch_too_large);
  }

  TEST_CASE("an item without an id is named by its stream and number, wherever it is sent") {
    import_fixture f;
    const auto push_two = [&](schema::ImportStream::Client to) {
      auto request = to.pushRequest();
      auto batch = request.initBatch();
      batch.initEpisodes(2)[0].setText("first");
      batch.getEpisodes()[1].setId("own");
      batch.getEpisodes()[1].setText("second");
      auto link = batch.initAssociations(1)[0];
      link.setSource("own");
      link.setTarget("own");
      link.setKind("is");
      request.send().wait(f.wait());
      return to.finishRequest().send().wait(f.wait());
    };
    const auto& kept = f.service.spaces["diary"];
    const auto name = [&](std::uint64_t n) {
      return base::stream_item_id(kept.info.identity, "walk", n);
    };
    CHECK(push_two(f.open_stream("walk", 1)).getResult().getOk().getSettled() == 3);
    CHECK(push_two(f.open_stream("walk", 1)).getResult().getOk().getKnown() == 2);
    CHECK(kept.memories.size() == 2);
    CHECK(kept.memories.contains(name(1)));
    CHECK(kept.association_ids == std::vector<std::string>{name(3), name(3)});
    CHECK(push_two(f.open_stream("walk", 8)).getResult().getOk().getSettled() == 10);
    CHECK(kept.memories.contains(name(8)));
  }

  TEST_CASE("what a stream tells keeps its bytes for ever") {
    import_fixture f;
    f.push(1, 2).wait(f.wait());
    f.push(2, 1).wait(f.wait());
    f.push(9, 1, f.service.refused_text).wait(f.wait());
    auto end = f.finish();
    CHECK(end.getResult().getOk().getToken() == data_of(std::string("token")));
    golden_file(ENGRAM_SOURCE_DIR, "client_progress_v1").check(end.getResult());
  }

  TEST_CASE("an error that may pass ends the stream before its item; what comes later is nothing") {
    for (const auto code : {errc::overloaded, errc::too_few_replicas, errc::timed_out}) {
      import_fixture f;
      f.push(1, 2).wait(f.wait());
      f.settle();
      f.service.append_fails = base::error{code, "for now"};
      f.push(3, 2).wait(f.wait());
      f.settle();
      f.push(5, 2).wait(f.wait());
      auto observer = f.stream.observerRequest().send().wait(f.wait()).getObserver();
      auto first = observer.progressRequest().send().wait(f.wait());
      REQUIRE(first.getResult().isOk());
      CHECK(first.getResult().getOk().getSettled() == 2);
      auto request = observer.progressRequest();
      request.setAfter(2);
      auto next = request.send().wait(f.wait());
      REQUIRE(next.getResult().isError());
      CHECK(code_of(next.getResult().getError()) == code);
      CHECK(f.finish().getResult().isError());
      CHECK(f.service.spaces["diary"].memories.size() == 2);
    }
  }

  TEST_CASE("an error that is the same everywhere refuses the items, and the stream goes on") {
    import_fixture f;
    f.service.append_fails = base::error{errc::forbidden, "no longer"};
    f.push(1, 2).wait(f.wait());
    f.push(3, 1).wait(f.wait());
    auto end = f.finish();
    CHECK(end.getResult().getOk().getSettled() == 3);
    CHECK(end.getResult().getOk().getRefused().size() == 2);
  }

  TEST_CASE("batches that touch the same memory go one after the other, others side by side") {
    import_fixture f;
    const auto link = [&](const char* from, const char* to) {
      auto request = f.stream.pushRequest();
      auto one = request.initBatch().initAssociations(1)[0];
      one.setSource(from);
      one.setTarget(to);
      one.setKind("next");
      request.send().wait(f.wait());
      f.settle();
    };
    f.service.hold_writes = true;
    f.push(1, 2).wait(f.wait());
    f.push(3, 1).wait(f.wait());
    f.settle();
    CHECK(f.service.items_seen == 3);
    link("1", "3"); // of memories that are on their way
    CHECK(f.service.items_seen == 3);
    f.service.release_one();
    f.settle();
    CHECK(f.service.items_seen == 3);
    f.service.release_one();
    f.settle();
    CHECK(f.service.items_seen == 4);
    link("2", "3"); // another one between memories that are there
    CHECK(f.service.items_seen == 5);
    link("1", "3"); // the same once more
    CHECK(f.service.items_seen == 5);
    while (!f.service.held.empty()) {
      f.service.release_one();
      f.settle();
    }
    CHECK(f.finish().getResult().getOk().getSettled() == 6);
  }

  TEST_CASE("who goes on behind a number waits for what a majority holds, unless one was enough") {
    import_fixture f;
    f.service.last_read = {};
    f.open_stream("walk", 1);
    CHECK(f.service.last_read.level == actors::read_level::any);
    f.open_stream("walk", 5, schema::Durability::LOCAL);
    CHECK(f.service.last_read.level == actors::read_level::any);
    f.open_stream("walk", 5);
    CHECK(f.service.last_read.level == actors::read_level::quorum);
  }

} // TEST_SUITE

#include "node/testing/edge_fixture.hpp"
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

} // TEST_SUITE

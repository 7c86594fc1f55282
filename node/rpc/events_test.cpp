// What a watcher asks and is told: there and back, and in the bytes that older clients read.
#include "node/rpc/codec.hpp"
#include "node/testing/golden.hpp"
#include "tests/support/doctest.hpp"

#include <capnp/message.h>

namespace engram::node {

namespace {

actors::watch_reply example() {
  actors::event remembered;
  remembered.kind = actors::event_kind::remembered;
  remembered.at = base::instant{77};
  remembered.ids = {"walk"};
  memory::episode what;
  what.id = "walk";
  what.text = "We saw a heron";
  remembered.what = std::make_shared<const memory::episode>(what);
  remembered.origin = {{1, 2}};
  remembered.sequence = 9;
  actors::event seen;
  seen.kind = actors::event_kind::consolidated;
  seen.at = base::instant{78};
  seen.detail = "why";
  seen.measures = {{"changed", 4}};
  return {{remembered, seen}, "cursor", 3};
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("events come back as they went") {
    capnp::MallocMessageBuilder message;
    encode(example(), message.initRoot<schema::Events>());
    const auto got = decode(message.getRoot<schema::Events>().asReader());
    REQUIRE(got);
    CHECK(got->cursor == "cursor");
    CHECK(got->missed == 3);
    REQUIRE(got->events.size() == 2);
    CHECK(got->events[0].what->text == "We saw a heron");
    CHECK(got->events[0].origin == base::origin_id{{1, 2}});
    CHECK(got->events[0].sequence == 9);
    CHECK(got->events[1].sequence == 0);
    CHECK(got->events[1].measures == memory::measures{{"changed", 4}});
  }

  TEST_CASE("an event of an origin that is no origin is refused") {
    capnp::MallocMessageBuilder message;
    auto root = message.initRoot<schema::Events>();
    auto event = root.initEvents(1)[0];
    event.setSequence(1);
    const kj::byte three[] = {1, 2, 3};
    event.setOrigin(capnp::Data::Reader(three, 3));
    CHECK(decode(root.asReader()).error().code == base::errc::malformed_message);
  }

  TEST_CASE("the bytes of events and of a watch are those that older clients read") {
    golden_file kept(ENGRAM_SOURCE_DIR, "client_events_v1");
    capnp::MallocMessageBuilder answered, asked;
    encode(example(), answered.initRoot<schema::Events>());
    kept.check(answered.getRoot<schema::Events>());
    actors::watch_request request;
    request.cursor = "cursor";
    request.kinds = {"revised"};
    request.who = {"Ada"};
    request.tags = {"bird"};
    request.limit = 7;
    request.wait = base::duration(1000);
    encode(request, asked.initRoot<schema::WatchQuery>());
    kept.check(asked.getRoot<schema::WatchQuery>());
  }

} // TEST_SUITE
} // namespace engram::node

// What a watcher asks and is told: there and back, and in the bytes that older clients read.
#include "node/rpc/codec.hpp"
#include "node/testing/edge_fixture.hpp"
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

actors::watch_reply told_by_two() {
  auto out = example();
  for (auto& each : out.events) each.space = "notes";
  out.silent = {{"attic", {base::errc::unavailable, "closed"}}};
  return out;
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

  TEST_CASE("what several spaces told, and a revision, are the same bytes for ever") {
    golden_file kept(ENGRAM_SOURCE_DIR, "client_watch_set_v1");
    capnp::MallocMessageBuilder answered, asked;
    encode(told_by_two(), answered.initRoot<schema::Events>());
    kept.check(answered.getRoot<schema::Events>());
    auto change = asked.initRoot<schema::ReviseQuery>();
    change.setOf("walk");
    change.initChanged().setPlace("Kent");
    change.setSure(0.75);
    kept.check(change);
  }

  TEST_CASE("a watch of several spaces is for who may read them") {
    rpc_fixture f;
    f.create(f.session(), "diary");
    f.service.keys["reader"] = {"r", {"", actors::scope::read, {"diary"}}};
    f.service.known_events = told_by_two();
    const auto ask = [&](schema::Session::Client on, kj::StringPtr name) {
      auto several = on.spacesRequest();
      several.initSelector().initNames(1).set(0, name);
      auto request = several.send().wait(f.wait()).getResult().getOk().watchRequest();
      request.initQuery().setLimit(7);
      return request.send().wait(f.wait());
    };
    auto answer = ask(f.session("reader"), "diary");
    REQUIRE(answer.getResult().isOk());
    const auto ok = answer.getResult().getOk();
    CHECK(decode(ok.getEvents()[0].getSpace()) == "notes");
    CHECK(decode(ok.getSilent()[0].getName()) == "attic");
    CHECK(f.service.last_watch.limit == 7);
    CHECK(f.service.watch_where.names == std::vector<std::string>{"diary"});
  }

  TEST_CASE("a revision becomes a statement whose values are parameters, and needs to write") {
    rpc_fixture f;
    auto space = f.create(f.session(), "diary");
    auto request = space.reviseRequest();
    auto asked = request.initQuery();
    asked.setOf("walk");
    asked.setSure(0.5);
    asked.initChanged().setText("We saw a crane");
    asked.getChanged().setPlace("Kent");
    asked.getChanged().setId("walk-2");
    REQUIRE(request.send().wait(f.wait()).getResult().isOk());
    CHECK(f.service.last_query.text ==
          "REVISE $of TO what = $text, place = $place NAMED $as SURE $sure");
    CHECK(f.service.last_query.parameters ==
          memory::query_parameters{{"of", std::string("walk")},
                                   {"text", std::string("We saw a crane")},
                                   {"place", std::string("Kent")},
                                   {"as", std::string("walk-2")},
                                   {"sure", 0.5}});
    f.service.keys["reader"] = {"r", {"", actors::scope::read, {"diary"}}};
    auto on = f.session("reader").spaceRequest();
    on.setName("diary");
    auto refused =
        on.send().wait(f.wait()).getResult().getOk().getSpace().reviseRequest().send().wait(
            f.wait());
    CHECK(refused.getResult().isError());
  }

} // TEST_SUITE
} // namespace engram::node

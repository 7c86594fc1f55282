#include "node/testing/edge_fixture.hpp"
#include "tests/support/doctest.hpp"

#include <kj/debug.h>

using namespace engram;
using namespace engram::node;
using base::errc;

namespace {

auto remember(rpc_fixture& f, schema::MemorySpace::Client space, std::vector<std::string> ids,
              const std::string& text = "hello") {
  auto request = space.rememberRequest();
  auto list = request.initEpisodes(static_cast<unsigned>(ids.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setId(text_of(ids[i]));
    list[i].setText(text_of(text));
  }
  return request.send().wait(f.wait());
}

auto recall(rpc_fixture& f, schema::MemorySpace::Client space, kj::StringPtr text) {
  auto request = space.recallRequest();
  request.initQuery().initCue().setText(text);
  return request.send().wait(f.wait());
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("hello says who answers without a credential") {
    rpc_fixture f;
    auto hello = f.engram().helloRequest().send().wait(f.wait());
    CHECK(hello.getHello().getStoreId().size() == 16);
    CHECK_FALSE(hello.getHello().getKeyRequired());
    CHECK(hello.getHello().getFeatureMin() <= hello.getHello().getFeatureMax());
  }

  TEST_CASE("what is remembered through RPC is recalled, read and paged through RPC") {
    rpc_fixture f;
    auto space = f.create(f.session(), "diary");
    auto kept = remember(f, space, {"a", "b", "c"}); // readers point into it
    auto receipts = kept.getResult().getOk();
    CHECK(receipts.getReceipts().size() == 3);
    CHECK(receipts.getReceipts()[0].isOk());
    CHECK(decode(receipts.getToken()) == "token");
    CHECK(remember(f, space, {"a"}).getResult().getOk().getReceipts()[0].getOk().getKnown());

    auto found = recall(f, space, "hello");
    auto hits = found.getResult().getOk().getHits();
    REQUIRE(hits.size() == 3);
    CHECK(hits[0].getScore() == 0.5);
    CHECK(decode(hits[1].getEpisode().getText()) == "hello");

    auto get = space.getRequest();
    encode_texts(std::vector<std::string>{"b", "unknown"}, get.initIds(2));
    auto records = get.send().wait(f.wait());
    REQUIRE(records.getResult().getOk().size() == 1);
    CHECK(decode(records.getResult().getOk()[0].getEpisode().getId()) == "b");

    std::size_t seen = 0;
    std::string cursor;
    do {
      auto scan = space.scanRequest();
      scan.setCursor(data_of(cursor));
      scan.setLimit(2);
      auto page = scan.send().wait(f.wait());
      seen += page.getResult().getOk().getRecords().size();
      cursor = decode(page.getResult().getOk().getCursor());
    } while (!cursor.empty());
    CHECK(seen == 3);
  }

  TEST_CASE("a refused item carries its code, certainty and advice in its own receipt") {
    rpc_fixture f;
    auto answer = remember(f, f.create(f.session(), "diary"), {"x"}, f.service.refused_text);
    auto error = answer.getResult().getOk().getReceipts()[0].getError();
    CHECK(code_of(error) == errc::conflict);
    CHECK(decode(error.getName()) == "conflict");
    CHECK_FALSE(error.getIndefinite());
    CHECK(error.getAdvice() == schema::ErrorInfo::Advice::GIVE_UP);
    CHECK(f.metric("engram_node_errors_total{code=\"conflict\"}") == "1");
  }

  TEST_CASE("an unknown space and an unknown enumerant are business errors, not exceptions") {
    rpc_fixture f;
    auto session = f.session();
    auto request = session.spaceRequest();
    request.setName("nowhere");
    CHECK(code_of(request.send().wait(f.wait()).getResult().getError()) == errc::unknown_space);

    auto write = f.create(session, "diary").rememberRequest();
    write.setDurability(static_cast<schema::Durability>(77));
    CHECK(code_of(write.send().wait(f.wait()).getResult().getError()) == errc::invalid_argument);
  }

  TEST_CASE("a batch above its bounds is refused as a whole") {
    config small;
    small.batch_items_max = 2;
    small.batch_bytes_max = 1024;
    rpc_fixture f(true, small);
    auto space = f.create(f.session(), "diary");
    auto many = remember(f, space, {"a", "b", "c"});
    CHECK(code_of(many.getResult().getError()) == errc::batch_too_large);
    auto big = remember(f, space, {"a"}, std::string(4096, 'x'));
    CHECK(code_of(big.getResult().getError()) == errc::batch_too_large);
    CHECK(f.service.items_seen == 0);
  }

  TEST_CASE("a key does what its scope and spaces allow and nothing else") {
    rpc_fixture f;
    f.create(f.session(), "mine");
    f.create(f.session(), "other");
    f.service.keys["reader"] = {"r", {"", actors::scope::read, {"mine"}}};
    f.service.keys["writer"] = {"w", {"", actors::scope::write, {"mine"}}};

    auto reader = f.session("reader");
    auto open = reader.spaceRequest();
    open.setName("mine");
    auto space = open.send().wait(f.wait()).getResult().getOk().getSpace();
    CHECK(recall(f, space, "x").getResult().isOk());
    CHECK(code_of(remember(f, space, {"a"}).getResult().getError()) == errc::forbidden);
    CHECK(code_of(space.importRequest().send().wait(f.wait()).getResult().getError()) ==
          errc::forbidden);

    for (auto name : {"other", "nowhere"}) {
      auto request = reader.spaceRequest();
      request.setName(name);
      CHECK(code_of(request.send().wait(f.wait()).getResult().getError()) == errc::forbidden);
    }
    auto listed = reader.listSpacesRequest().send().wait(f.wait());
    REQUIRE(listed.getResult().getOk().size() == 1);
    CHECK(decode(listed.getResult().getOk()[0].getName()) == "mine");
    auto status = reader.statusRequest().send().wait(f.wait());
    CHECK(status.getResult().getOk().getSpaces().size() == 1);

    auto writer = f.session("writer");
    auto drop = writer.dropSpaceRequest();
    drop.setName("mine");
    CHECK(code_of(drop.send().wait(f.wait()).getResult().getError()) == errc::forbidden);
    auto elsewhere = writer.createSpaceRequest();
    elsewhere.initSpec().setName("third");
    CHECK(code_of(elsewhere.send().wait(f.wait()).getResult().getError()) == errc::forbidden);
    CHECK(code_of(writer.listKeysRequest().send().wait(f.wait()).getResult().getError()) ==
          errc::forbidden);
  }

  TEST_CASE("an admin of some spaces may drop these but not make keys") {
    rpc_fixture f;
    f.create(f.session(), "mine");
    f.service.keys["boss"] = {"b", {"", actors::scope::admin, {"mine"}}};
    auto session = f.session("boss");
    auto create = session.createKeyRequest();
    create.initSpec().setScope(schema::Scope::ADMIN);
    CHECK(code_of(create.send().wait(f.wait()).getResult().getError()) == errc::forbidden);
    auto drop = session.dropSpaceRequest();
    drop.setName("mine");
    CHECK(drop.send().wait(f.wait()).getResult().isOk());
  }

  TEST_CASE("revoking a key stops capabilities that were handed out before") {
    rpc_fixture f;
    f.service.keys["root"] = {"root", {"", actors::scope::admin, {}}};
    f.service.keys["w"] = {"w", {"", actors::scope::write, {}}};
    auto root = f.session("root");
    auto space = f.create(f.session("w"), "diary");
    CHECK(remember(f, space, {"a"}).getResult().isOk());
    auto opened = space.importRequest().send().wait(f.wait());

    auto revoke = root.revokeKeyRequest();
    revoke.setId("w");
    CHECK(revoke.send().wait(f.wait()).getResult().isOk());

    CHECK(code_of(remember(f, space, {"b"}).getResult().getError()) == errc::unauthenticated);
    CHECK(code_of(recall(f, space, "x").getResult().getError()) == errc::unauthenticated);
    auto stream = opened.getResult().getOk();
    auto push = stream.pushRequest();
    push.initBatch().initEpisodes(1)[0].setId("c");
    push.send().wait(f.wait());
    auto finished = stream.finishRequest().send().wait(f.wait());
    auto end = finished.getResult().getOk();
    REQUIRE(end.getRefused().size() == 1);
    CHECK(code_of(end.getRefused()[0].getError()) == errc::unauthenticated);
    CHECK(code_of(f.authenticate("w").getResult().getError()) == errc::unauthenticated);
  }

  TEST_CASE("the first key ends anonymous sessions, those already open too") {
    rpc_fixture f;
    auto session = f.session();
    auto space = f.create(session, "diary");
    auto create = session.createKeyRequest();
    create.initSpec().setScope(schema::Scope::ADMIN);
    auto made = create.send().wait(f.wait());
    auto secret = decode(made.getResult().getOk().getSecret());
    CHECK(code_of(remember(f, space, {"a"}).getResult().getError()) == errc::unauthenticated);
    CHECK(code_of(f.authenticate("").getResult().getError()) == errc::unauthenticated);
    CHECK(f.engram().helloRequest().send().wait(f.wait()).getHello().getKeyRequired());
    f.session(secret.c_str());
    for (const auto& line : f.lines) CHECK(line.find(secret) == std::string::npos);
  }

  TEST_CASE("a node that does not know the spaces yet lists none, not even none at all") {
    rpc_fixture f;
    auto session = f.session();
    f.service.may_serve = base::error{errc::unavailable, "joining"};
    const auto listed = session.listSpacesRequest().send().wait(f.wait());
    REQUIRE(listed.getResult().isError());
    const auto error = listed.getResult().getError();
    CHECK(code_of(error) == errc::unavailable);
    CHECK_FALSE(error.getIndefinite());
    CHECK(error.getAdvice() == schema::ErrorInfo::Advice::RETRY_LATER);
    CHECK(code_of(f.authenticate("").getResult().getError()) == errc::unavailable);
    CHECK_FALSE(f.engram().helloRequest().send().wait(f.wait()).getHello().getKeyRequired());
    f.service.may_serve = base::success();
    CHECK(session.listSpacesRequest().send().wait(f.wait()).getResult().isOk());
  }

  TEST_CASE("where the node is reachable from outside nobody is anonymous") {
    rpc_fixture f(false);
    CHECK(code_of(f.authenticate("").getResult().getError()) == errc::unauthenticated);
  }

  TEST_CASE("calls above their bound are refused as overloaded, and none when it drains") {
    config small;
    small.calls_max = 1;
    rpc_fixture f(true, small);
    auto space = f.create(f.session(), "diary");
    f.service.hold_writes = true;
    auto first = space.rememberRequest();
    first.initEpisodes(1)[0].setId("a");
    auto waiting = first.send();
    waiting.poll(f.wait());
    CHECK(code_of(recall(f, space, "x").getResult().getError()) == errc::overloaded);
    f.service.release_one();
    CHECK(waiting.wait(f.wait()).getResult().isOk());
    CHECK(f.owner.calls() == 0);
    f.owner.start_draining();
    CHECK(code_of(recall(f, space, "x").getResult().getError()) == errc::shutting_down);
  }

  TEST_CASE("a client that goes away leaves no call behind") {
    rpc_fixture f;
    auto space = f.create(f.session(), "diary");
    f.service.hold_writes = true;
    {
      auto request = space.rememberRequest();
      request.initEpisodes(1)[0].setId("a");
      auto waiting = request.send();
      waiting.poll(f.wait());
      CHECK(f.owner.calls() == 1);
    }
    space = nullptr;
    f.client = nullptr;
    f.stream = nullptr;
    kj::evalLast([]() {}).wait(f.wait());
    for (int i = 0; i < 20 && f.server.connections() > 0; ++i) kj::evalLast([]() {}).wait(f.wait());
    CHECK(f.owner.calls() == 0);
    CHECK(f.server.connections() == 0);
    f.service.release_one(); // answers into nothing
    f.connect();
    f.session();
  }

  TEST_CASE("a request is not dropped with its reply: an actor that dies is an error") {
    edge_fixture f;
    auto got = ask<actors::space_info>([](actors::reply<actors::space_info>) {}).wait(f.wait());
    CHECK_FALSE(got);
  }

} // TEST_SUITE

// Several spaces through the wire: who may ask which, and what an answer says it did not see.
#include "node/testing/edge_fixture.hpp"
#include "node/testing/golden.hpp"
#include "tests/support/doctest.hpp"

#include <capnp/message.h>

using namespace engram;
using namespace engram::node;
using base::errc;

namespace {

actors::space_selector named(std::vector<std::string> names) { return {std::move(names), ""}; }

schema::Session::SelectionResult::Reader
select(rpc_fixture& f, schema::Session::Client on, const actors::space_selector& which,
       kj::Own<capnp::Response<schema::Session::SpacesResults>>& keep) {
  auto request = on.spacesRequest();
  auto selector = request.initSelector();
  if (!which.names.empty())
    encode_texts(which.names, selector.initNames(static_cast<unsigned>(which.names.size())));
  else if (!which.prefix.empty())
    selector.setPrefix(text_of(which.prefix));
  else
    selector.setAll();
  keep = kj::heap(request.send().wait(f.wait()));
  return keep->getResult();
}

schema::MemorySpaces::Client spaces(rpc_fixture& f, schema::Session::Client on,
                                    const actors::space_selector& which) {
  kj::Own<capnp::Response<schema::Session::SpacesResults>> keep;
  return select(f, on, which, keep).getOk();
}

errc refusal(rpc_fixture& f, schema::Session::Client on, const actors::space_selector& which) {
  kj::Own<capnp::Response<schema::Session::SpacesResults>> keep;
  const auto result = select(f, on, which, keep);
  return result.isOk() ? errc::ok : code_of(result.getError());
}

auto recall(rpc_fixture& f, schema::MemorySpaces::Client on, bool strict = false) {
  auto request = on.recallRequest();
  request.initQuery().initCue().setText("hello");
  request.getQuery().initRead().setStrict(strict);
  return request.send().wait(f.wait());
}

void remember(rpc_fixture& f, const std::string& space, const std::string& id) {
  auto& into = f.service.spaces[space];
  into.info.spec.name = space;
  into.memories[id].id = id;
  into.memories[id].text = "hello";
}

/// One of everything.
actors::recall_reply example() {
  actors::recall_reply reply;
  memory::hit hit;
  hit.id = "m";
  hit.score = base::q32::from(2.5);
  hit.activation = base::q32::from(3);
  hit.confidence = {0.25, 0.5, 0.75};
  reply.answer.hits = {hit};
  reply.answer.considered = 7;
  reply.spaces = {"notes"};
  reply.at_full_coverage = {{0.375, 0.5, 0.625}};
  auto& seen = reply.coverage;
  seen.spaces_asked = 3;
  seen.spaces_answered = 2;
  seen.replicas_asked = 5;
  seen.replicas_answered = 2;
  seen.memories = 1000;
  seen.damaged = 4;
  seen.stale_ms = 250;
  seen.lagging = 12;
  seen.missing = {0.125, 0.25, 0.5};
  seen.missing_spaces = {{"diary", {errc::deadline_exceeded, "no answer from the space"}, {}}};
  return reply;
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("several spaces answer through one capability, each hit with its space") {
    rpc_fixture f;
    remember(f, "a", "1");
    remember(f, "b", "2");
    auto answer = recall(f, spaces(f, f.session(), named({"a", "b"})));
    auto hits = answer.getResult().getOk().getHits();
    REQUIRE(hits.size() == 2);
    CHECK(decode(hits[0].getSpace()) == "a");
    CHECK(hits[0].getAtFullCoverage().getHigh() == 0.3);
    CHECK(f.service.last_selector.names == std::vector<std::string>{"a", "b"});
    recall(f, spaces(f, f.session(), {{}, "p-"}));
    CHECK(f.service.last_selector.prefix == "p-");
  }

  TEST_CASE("what was not seen is named with its reason; strict makes it an error") {
    rpc_fixture f;
    actors::knowledge known;
    known.space = "gone";
    known.match = {0.25, 0.25, 0.5};
    known.members = 12;
    known.last = base::instant{77};
    f.service.silent = {{"gone", {errc::deadline_exceeded, "no answer"}, known}};
    auto all = spaces(f, f.session(), {});
    auto answer = recall(f, all);
    auto seen = answer.getResult().getOk().getCoverage();
    REQUIRE(seen.getMissingSpaces().size() == 1);
    CHECK(decode(seen.getMissingSpaces()[0].getName()) == "gone");
    CHECK(code_of(seen.getMissingSpaces()[0].getWhy()) == errc::deadline_exceeded);
    const auto told = seen.getMissingSpaces()[0].getKnown();
    CHECK(told.getMatch().getHigh() == 0.5);
    CHECK(told.getMembers() == 12);
    CHECK(told.getLast().getMs() == 77);
    CHECK_FALSE(told.getFirst().getKnown());
    CHECK(seen.getMissing().getPoint() == 0.5);
    CHECK(code_of(recall(f, all, true).getResult().getError()) == errc::unavailable);
  }

  TEST_CASE("a key names only spaces of its own, and of all means those") {
    rpc_fixture f;
    f.service.keys["mine"] = {"m", {"", actors::scope::read, {"a", "b"}}};
    auto session = f.session("mine");
    CHECK(refusal(f, session, named({"a"})) == errc::ok);
    CHECK(refusal(f, session, named({"a", "c"})) == errc::forbidden);
    recall(f, spaces(f, session, {}));
    CHECK(f.service.last_readable == std::vector<std::string>{"a", "b"});
  }

  TEST_CASE("a revoked key's capability of several spaces is worth nothing from that moment") {
    rpc_fixture f;
    f.service.keys["mine"] = {"m", {"", actors::scope::read, {}}};
    auto all = spaces(f, f.session("mine"), {});
    CHECK(recall(f, all).getResult().isOk());
    f.service.revoked.insert("m");
    CHECK(code_of(recall(f, all).getResult().getError()) == errc::unauthenticated);
  }

  TEST_CASE("an empty list of names is no way to say all") {
    rpc_fixture f;
    auto request = f.session().spacesRequest();
    request.initSelector().initNames(0);
    auto answer = request.send().wait(f.wait());
    CHECK(code_of(answer.getResult().getError()) == errc::invalid_argument);
  }

  TEST_CASE("the bytes of an answer of several spaces are those that older clients read") {
    capnp::MallocMessageBuilder message;
    auto root = message.initRoot<schema::RecallAnswer>();
    encode(example(), root);
    golden_file(ENGRAM_SOURCE_DIR, "client_recall_v1").check(root);
  }

  TEST_CASE("the bytes of what is said of concepts are those that older clients read") {
    golden_file kept(ENGRAM_SOURCE_DIR, "client_concepts_v1");
    capnp::MallocMessageBuilder listed, made, known;
    encode(actors::concepts_reply{{{{1, 2},
                                    {3, 4},
                                    0.625,
                                    0.75,
                                    12,
                                    base::instant{1},
                                    base::instant{2},
                                    0.25,
                                    "walk",
                                    {"walk", "heron"}}},
                                  3,
                                  20,
                                  40,
                                  true,
                                  {9},
                                  {5, 6}},
           listed.initRoot<schema::ConceptsAnswer>());
    kept.check(listed.getRoot<schema::ConceptsAnswer>());
    encode(actors::consolidation_report{3, 20, 40, 1, 99, true, {5, 6}},
           made.initRoot<schema::Consolidation>());
    kept.check(made.getRoot<schema::Consolidation>());
    const actors::knowledge one{"notes",          {0.25, 0.25, 0.5}, 2, 12, 40, base::instant{1},
                                base::instant{2}, base::instant{9}};
    encode(actors::knowing_reply{{one}, 7, 2}, known.initRoot<schema::KnowingAnswer>());
    kept.check(known.getRoot<schema::KnowingAnswer>());
  }

  TEST_CASE("the bytes of a purge's certificate are those that older clients read") {
    capnp::MallocMessageBuilder message;
    auto root = message.initRoot<schema::PurgeCertificate>();
    encode(actors::purge_certificate{4,
                                     {{{{1, 2}}, true, ""}, {{{3, 4}}, false, "out of reach"}},
                                     base::instant{5}},
           root);
    golden_file(ENGRAM_SOURCE_DIR, "client_purge_v1").check(root);
  }

} // TEST_SUITE

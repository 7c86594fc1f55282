// The query language through the wire: what is asked, who may, and the bytes of the answer.
#include "node/testing/edge_fixture.hpp"
#include "node/testing/golden.hpp"
#include "node/testing/query_example.hpp"
#include "tests/support/damaged_message.hpp"
#include "tests/support/doctest.hpp"

#include <capnp/message.h>

using namespace engram;
using namespace engram::node;
using base::errc;

namespace {

template <class Capability>
auto ask(rpc_fixture& f, Capability on, const std::string& text) {
  auto request = on.queryRequest();
  auto query = request.initQuery();
  query.setText(text_of(text));
  query.setSpace("notes");
  query.setReinforce(true);
  auto parameters = query.initParameters(4);
  parameters[0].setName("cue");
  parameters[0].setText("a text");
  parameters[1].setName("n");
  parameters[1].setNumber(5);
  parameters[2].setName("vector");
  parameters[2].initVector(2).set(1, 0.5);
  parameters[3].setName("ids");
  encode_texts(std::vector<std::string>{"a", "b"}, parameters[3].initTexts(2));
  query.initRead().setToken(data_of("seen"));
  return request.send().wait(f.wait());
}

schema::MemorySpaces::Client all_spaces(rpc_fixture& f, schema::Session::Client on) {
  auto request = on.spacesRequest();
  request.initSelector().setAll();
  return request.send().wait(f.wait()).getResult().getOk();
}

errc code_of_query(const auto& answer) {
  const auto result = answer.getResult();
  return result.isOk() ? errc::ok : code_of(result.getError());
}

} // namespace

TEST_SUITE("node") {

  TEST_CASE("a statement and its parameters reach the service as they were given") {
    rpc_fixture f;
    f.service.known_findings = query_example();
    auto space = f.create(f.session(), "diary");
    auto answer = ask(f, space, "RECALL $cue");
    REQUIRE(answer.getResult().isOk());
    const auto ok = answer.getResult().getOk();
    CHECK(decode(ok.getVerb()) == "RECALL");
    REQUIRE(ok.getFindings().size() == 2);
    CHECK(decode(ok.getFindings()[0].getEpisode().getText()) == "We saw a heron");
    CHECK(ok.getFindings()[0].getWhy().getRetention() == 0.875);
    CHECK_FALSE(ok.getFindings()[1].hasEpisode());
    const auto& asked = f.service.last_query;
    CHECK(asked.text == "RECALL $cue");
    CHECK(asked.parameters ==
          memory::query_parameters{{"cue", std::string("a text")},
                                   {"n", 5.0},
                                   {"vector", std::vector<double>{0, 0.5}},
                                   {"ids", std::vector<std::string>{"a", "b"}}});
    CHECK(asked.read.token == "seen");
    CHECK(asked.reinforce);
    CHECK(asked.now.ms == 0);
    ask(f, all_spaces(f, f.session()), "RECALL \"x\" IN SPACE diary");
    CHECK(f.service.last_query.space == "notes");
    CHECK(f.service.query_where.names.empty());
  }

  TEST_CASE("where a statement is wrong arrives with its code and place") {
    rpc_fixture f;
    f.service.known_findings = base::error{errc::invalid_query, "1:12: expected a clause"};
    auto answer = ask(f, f.create(f.session(), "diary"), "RECALL \"x\" LIMT 5");
    CHECK(code_of_query(answer) == errc::invalid_query);
    CHECK(decode(answer.getResult().getError().getContext()) == "1:12: expected a clause");
    CHECK(decode(answer.getResult().getError().getName()) == "invalid_query");
  }

  TEST_CASE("asking needs the right to read, CONSOLIDATE the right to write") {
    rpc_fixture f;
    auto mine = f.create(f.session(), "diary");
    f.service.keys["reader"] = {"r", {"", actors::scope::read, {"diary"}}};
    f.service.keys["writer"] = {"w", {"", actors::scope::write, {"diary"}}};
    auto reader = f.session("reader"), writer = f.session("writer");
    const auto diary = [&](schema::Session::Client on) {
      auto request = on.spaceRequest();
      request.setName("diary");
      return request.send().wait(f.wait()).getResult().getOk().getSpace();
    };
    CHECK(code_of_query(ask(f, diary(reader), "RECALL \"x\"")) == errc::ok);
    CHECK(code_of_query(ask(f, diary(reader), "consolidate")) == errc::forbidden);
    CHECK(code_of_query(ask(f, diary(writer), "consolidate")) == errc::ok);
    CHECK(code_of_query(ask(f, all_spaces(f, reader), "CONSOLIDATE IN SPACE diary")) ==
          errc::forbidden);
    CHECK(code_of_query(ask(f, all_spaces(f, writer), "CONSOLIDATE IN SPACE diary")) == errc::ok);
    CHECK(f.service.query_readable == std::vector<std::string>{"diary"});
    auto all = all_spaces(f, reader);
    f.service.revoked.insert("r");
    CHECK(code_of_query(ask(f, all, "RECALL \"x\"")) == errc::unauthenticated);
  }

  TEST_CASE("a session tells which verbs and clauses its node understands") {
    rpc_fixture f;
    auto answer = f.session().languageRequest().send().wait(f.wait());
    const auto verbs = answer.getLanguage().getVerbs();
    REQUIRE(verbs.size() == 13);
    CHECK(decode(verbs[0].getWord()) == "RECALL");
    CHECK(decode(verbs[0].getClauses()[0].getWords()) == "LIKE");
    CHECK(answer.getLanguage().getWords().size() > 40);
  }

  TEST_CASE("the bytes of a statement and its answer are those that older clients read") {
    golden_file kept(ENGRAM_SOURCE_DIR, "client_query_v1");
    capnp::MallocMessageBuilder answered, asked;
    encode(query_example(), answered.initRoot<schema::QueryAnswer>());
    kept.check(answered.getRoot<schema::QueryAnswer>());
    auto query = asked.initRoot<schema::Query>();
    query.setText("RECALL $cue LIMIT $n");
    const memory::query_parameters parameters{{"cue", std::string("heron")},
                                              {"ids", std::vector<std::string>{"a", "b"}},
                                              {"n", 5.0},
                                              {"vector", std::vector<double>{0.5, -0.25}}};
    encode(parameters, query.initParameters(4));
    query.setSpace("notes");
    kept.check(asked.getRoot<schema::Query>());
  }

  TEST_CASE("a statement with any bytes changed is decoded within its size or is no message") {
    base::random random(5);
    int read = 0;
    constexpr int rounds = 3'000;
    for (int round = 0; round < rounds; ++round) {
      CAPTURE(round);
      capnp::MallocMessageBuilder message;
      auto query = message.initRoot<schema::Query>();
      query.setText("RECALL $cue");
      const memory::query_parameters parameters{
          {"cue", std::string(random.below(30), 'x')},
          {"ids", std::vector<std::string>(random.below(4), "id")},
          {"vector", std::vector<double>(random.below(9), 0.5)}};
      encode(parameters, query.initParameters(3));
      read += read_damaged(message, random, [](capnp::MessageReader& reader) {
        const auto got = decode(reader.getRoot<schema::Query>());
        if (got) CHECK(got->text.size() < DAMAGED_WORDS_MAX * sizeof(capnp::word));
      });
    }
    CHECK(read > rounds / 20);
    CHECK(read < rounds);
  }

} // TEST_SUITE

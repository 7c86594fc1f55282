#include "node/http/http_server.hpp"
#include "node/http/json_answers.hpp"
#include "node/http/json_requests.hpp"
#include "node/testing/edge_fixture.hpp"
#include "node/testing/query_example.hpp"
#include "tests/support/doctest.hpp"

#include <kj/debug.h>
#include <nlohmann/json.hpp>

using namespace engram;
using namespace engram::node;
using base::errc;
using nlohmann::json;

namespace {

struct http_fixture : edge_fixture {
  explicit http_fixture(bool on_loopback = true, config chosen = {})
      : edge_fixture(on_loopback, std::move(chosen)),
        server(owner, edge_metrics::port::http, io.provider->getTimer(), nullptr,
               http_speaker(owner, io.provider->getTimer(), on_loopback)) {}

  listener server;

  /// Everything the server says to these bytes until it closes or says nothing more.
  std::string exchange(const std::string& bytes, bool half_close = true) {
    auto pipe = kj::newTwoWayPipe();
    server.adopt(kj::mv(pipe.ends[0]));
    auto& mine = *pipe.ends[1];
    auto reading = mine.readAllText().eagerlyEvaluate(nullptr);
    mine.write(bytes.data(), bytes.size()).catch_([](kj::Exception&&) {}).wait(wait());
    if (half_close) {
      auto ignored = kj::runCatchingExceptions([&]() { mine.shutdownWrite(); });
      (void)ignored;
    }
    auto heard = reading.wait(wait());
    return {heard.cStr(), heard.size()};
  }

  struct answer {
    int status = 0;
    std::string head;
    std::string body;
    json parsed() const { return json::parse(body); }
  };
  answer send(const std::string& method, const std::string& path, const std::string& body = "",
              const std::string& headers = "") {
    auto all = exchange(method + " " + path + " HTTP/1.1\r\nHost: localhost:7432\r\n" + headers +
                        "Connection: close\r\nContent-Length: " + std::to_string(body.size()) +
                        "\r\n\r\n" + body);
    auto end = all.find("\r\n\r\n");
    REQUIRE(end != std::string::npos);
    return {std::stoi(all.substr(9, 3)), all.substr(0, end), all.substr(end + 4)};
  }
  answer post(const std::string& path, const json& body, const std::string& headers = "") {
    return send("POST", path, body.dump(), "Content-Type: application/json\r\n" + headers);
  }
  std::string diary() {
    CHECK(post("/v1/spaces", {{"name", "diary"}}).status == 200);
    return "/v1/spaces/diary/";
  }
};

std::string any_id() { return "drawn"; }

} // namespace

TEST_SUITE("node") {

  TEST_CASE("health, readiness with its reason, metrics and status are served") {
    http_fixture f;
    CHECK(f.send("GET", "/livez").status == 200);
    CHECK(f.send("GET", "/readyz").body == "serving\n");
    f.service.ready = false;
    auto waiting = f.send("GET", "/readyz");
    CHECK(waiting.status == 503);
    CHECK(waiting.body == "opening\n");
    auto metrics = f.send("GET", "/metrics?x=1");
    CHECK(metrics.status == 200);
    CHECK(metrics.body.find("engram_node_connections_total{port=\"http\"}") != std::string::npos);
    CHECK(f.send("GET", "/status").parsed()["verdict"] == "opening");
    auto head = f.send("HEAD", "/livez");
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    f.owner.start_draining();
    CHECK(f.send("GET", "/readyz").status == 503);
    CHECK(f.send("GET", "/livez").status == 200);
  }

  TEST_CASE("what is remembered over HTTP is recalled, read and forgotten over HTTP") {
    http_fixture f;
    auto at = f.diary();
    auto kept =
        f.post(at + "remember",
               {{"memories", {{{"id", "a"}, {"text", "a red door"}}, {{"text", "a blue door"}}}}});
    REQUIRE(kept.status == 200);
    auto receipts = kept.parsed()["receipts"];
    CHECK(receipts[0]["id"] == "a");
    CHECK(receipts[0]["known"] == false);
    CHECK(receipts[1]["id"].get<std::string>().size() == 36); // drawn here and told
    CHECK(kept.parsed()["token"] == "746f6b656e");

    auto found = f.post(at + "recall", {{"text", "red"}, {"token", "746f6b656e"}}).parsed();
    REQUIRE(found["hits"].size() == 1);
    CHECK(found["hits"][0]["memory"]["text"] == "a red door");
    CHECK(f.service.last_recall.read.token == "token");

    CHECK(f.post(at + "get", {{"ids", {"a", "zz"}}}).parsed()["memories"].size() == 1);
    CHECK(f.post(at + "spread", {{"from", "a"}}).parsed()["memories"][0]["id"] == "a");
    CHECK(f.post(at + "associate",
                 {{"associations", {{{"source", "a"}, {"target", "b"}, {"kind", "next"}}}}})
              .status == 200);
    CHECK(f.post(at + "forget", {{"ids", {"a"}}, {"mode", "delete"}}).status == 200);
    CHECK(f.post(at + "get", {{"ids", {"a"}}}).parsed()["memories"].empty());
    CHECK(f.send("GET", "/v1/spaces").parsed()["spaces"][0]["name"] == "diary");
  }

  TEST_CASE("a statement is asked over HTTP, with parameters, and told where it is wrong") {
    http_fixture f;
    const auto at = f.diary() + "query";
    f.service.known_findings = query_example();
    const auto answer =
        f.post(at,
               {{"query", "RECALL $cue"},
                {"parameters", {{"cue", "heron"}, {"n", 3}, {"v", {1, 2.5}}, {"ids", {"a", "b"}}}},
                {"token", "746f6b656e"}})
            .parsed();
    CHECK(answer["verb"] == "RECALL");
    CHECK(answer["findings"][0]["memory"]["text"] == "We saw a heron");
    CHECK(answer["findings"][0]["measures"]["score"] == 2.5);
    CHECK(answer["findings"][0]["why"]["retention"] == 0.875);
    CHECK(answer["findings"][0]["path"][0]["kind"] == "next");
    CHECK(answer["findings"][0]["space"] == "notes");
    CHECK(answer["findings"][1]["confidence"]["point"] == 0.5);
    CHECK(answer["token"] == "746f6b656e");
    CHECK(f.service.last_query.parameters ==
          memory::query_parameters{{"cue", std::string("heron")},
                                   {"n", 3.0},
                                   {"v", std::vector<double>{1, 2.5}},
                                   {"ids", std::vector<std::string>{"a", "b"}}});
    CHECK(f.service.last_query.read.token == "token");

    CHECK(f.post("/v1/query", {{"query", "RECALL \"x\""}, {"prefix", "p-"}}).status == 200);
    CHECK(f.service.query_where.prefix == "p-");
    CHECK(f.send("GET", "/v1/query").status == 405);
    for (const json& wrong : {json{{"a", nullptr}}, json{{"a", {1, "b"}}}, json(5)})
      CHECK(f.post(at, {{"query", "RECALL $a"}, {"parameters", wrong}}).status == 400);

    f.service.known_findings =
        base::error{errc::invalid_query, "1:12: found LIMT; did you mean LIMIT?"};
    const auto refused = f.post(at, {{"query", "RECALL \"x\" LIMT 5"}});
    CHECK(refused.status == 400);
    CHECK(refused.parsed()["code"] == "invalid_query");
    CHECK(refused.parsed()["line"] == 1);
    CHECK(refused.parsed()["column"] == 12);
    CHECK(refused.parsed()["suggestion"] == "LIMIT");

    f.service.keys["reader"] = {"r", {"", actors::scope::read, {}}};
    const auto with_key = [&](const std::string& path) {
      return f.post(path, {{"query", "CONSOLIDATE"}}, "Authorization: Bearer reader\r\n").status;
    };
    CHECK(with_key(at) == 403);
    CHECK(with_key("/v1/query") == 403);
  }

  TEST_CASE("several spaces are recalled at once, by name, by prefix, or all the key may read") {
    http_fixture f;
    for (const std::string name : {"diary", "notes"}) {
      CHECK(f.post("/v1/spaces", {{"name", name}}).status == 200);
      f.post("/v1/spaces/" + name + "/remember",
             {{"memories", {{{"id", "in-" + name}, {"text", "a heron"}}}}});
    }
    f.service.silent = {{"attic", base::error{errc::unavailable, "closed"}, {}}};
    auto found = f.post("/v1/recall", {{"text", "heron"}, {"spaces", {"diary", "notes"}}}).parsed();
    REQUIRE(found["hits"].size() == 2);
    CHECK(found["hits"][0]["space"] == "diary");
    CHECK(found["hits"][1]["space"] == "notes");
    CHECK(found["hits"][0]["at_full_coverage"]["low"] == 0.1);
    CHECK(found["coverage"]["missing_spaces"][0]["name"] == "attic");
    CHECK(found["coverage"]["missing_spaces"][0]["why"]["code"] == "unavailable");
    CHECK(f.service.last_selector.names == std::vector<std::string>{"diary", "notes"});
    CHECK(f.post("/v1/recall", {{"text", "heron"}, {"prefix", "di"}}).status == 200);
    CHECK(f.service.last_selector.names.empty());
    CHECK(f.service.last_selector.prefix == "di");
    CHECK(f.post("/v1/recall", {{"text", "heron"}}).status == 200);
    CHECK(f.service.last_selector.prefix.empty());
    CHECK(f.post("/v1/recall", {{"text", "heron"}, {"strict", true}}).status == 503);

    CHECK(f.post("/v1/recall", {{"text", "x"}, {"spaces", json::array()}}).status == 400);
    CHECK(f.post("/v1/recall", {{"text", "x"}, {"spaces", {"a"}}, {"prefix", "b"}}).status == 400);
    CHECK(f.send("GET", "/v1/recall").status == 405);

    f.service.keys["s3cret"] = {"k1", {"reader", actors::scope::read, {"diary"}}};
    const std::string key = "Authorization: Bearer s3cret\r\n";
    CHECK(f.post("/v1/recall", {{"text", "heron"}}).status == 401);
    CHECK(f.post("/v1/recall", {{"text", "heron"}}, key).status == 200);
    CHECK(f.service.last_readable == std::vector<std::string>{"diary"});
    CHECK(f.post("/v1/recall", {{"text", "heron"}, {"spaces", {"notes"}}}, key).status == 403);
  }

  TEST_CASE("a read names its level, and an unknown one is refused") {
    http_fixture f;
    auto at = f.diary();
    CHECK(f.post(at + "recall", {{"text", "x"}, {"read", "quorum"}}).status == 200);
    CHECK(f.service.last_recall.read.level == actors::read_level::quorum);
    CHECK(f.post(at + "recall", {{"text", "x"}, {"read", "any"}}).status == 200);
    CHECK(f.service.last_recall.read.level == actors::read_level::any);
    CHECK(f.post(at + "recall", {{"text", "x"}, {"read", "all"}}).status == 400);
  }

  TEST_CASE("what a space's memories have in common, and who knows about a cue, over HTTP") {
    http_fixture f;
    auto at = f.diary();
    f.service.known_concepts.total = 3;
    f.service.known_concepts.coarse = true;
    auto listed = f.post(at + "concepts", {{"text", "heron"}, {"limit", 5}}).parsed();
    CHECK(listed["total"] == 3);
    CHECK(listed["coarse"] == true);
    CHECK(f.post(at + "consolidate", json::object()).parsed()["changed"] == 1);
    f.service.known_knowing.spaces_asked = 7;
    CHECK(f.post("/v1/knowing", {{"text", "heron"}}).parsed()["spaces_asked"] == 7);
    CHECK(f.post("/v1/knowing", {{"txt", "heron"}}).status == 400);
  }

  TEST_CASE("an error is a problem with code, certainty and advice, whole or per item") {
    http_fixture f;
    auto missing = f.post("/v1/spaces/nowhere/recall", {{"text", "x"}});
    CHECK(missing.status == 404);
    CHECK(missing.head.find("application/problem+json") != std::string::npos);
    CHECK(missing.parsed()["code"] == "unknown_space");
    CHECK(missing.parsed()["certainty"] == "definite");
    CHECK(missing.parsed()["advice"] == "give_up");
    auto item = f.post(f.diary() + "remember",
                       {{"memories", {{{"id", "a"}, {"text", f.service.refused_text}}}}});
    CHECK(item.status == 200);
    CHECK(item.parsed()["receipts"][0]["error"]["code"] == "conflict");
  }

  TEST_CASE("a body that is no JSON, has a wrong type or an unknown field is refused and named") {
    http_fixture f;
    auto at = f.diary();
    auto broken =
        f.send("POST", at + "recall", "{\"text\": ", "Content-Type: application/json\r\n");
    CHECK(broken.status == 400);
    CHECK(broken.parsed()["code"] == "malformed_message");
    CHECK(f.post(at + "recall", {{"text", 7}}).status == 400);
    auto typo = f.post(at + "recall", {{"txt", "x"}});
    CHECK(typo.status == 400);
    CHECK(typo.parsed()["detail"].get<std::string>().find("txt") != std::string::npos);
    CHECK(f.post(at + "recall", json::array({1})).status == 400);
    CHECK(f.post(at + "remember", {{"memories", {{{"text", "x"}, {"when", "soon"}}}}})
              .parsed()["code"] == "invalid_time");
  }

  TEST_CASE("wrong paths, methods and media types have their own answers") {
    http_fixture f;
    auto at = f.diary();
    CHECK(f.send("GET", "/nowhere").status == 404);
    CHECK(f.send("POST", "/livez", "{}", "Content-Type: application/json\r\n").status == 405);
    CHECK(f.send("GET", at + "recall").status == 405);
    CHECK(f.post(at + "explode", json::object()).status == 404);
    // What a page in a browser may send to this port without being asked.
    CHECK(f.send("POST", at + "recall", "{}", "Content-Type: text/plain\r\n").status == 415);
  }

  TEST_CASE("once a key exists the JSON API wants it and holds it to its rights") {
    http_fixture f;
    auto at = f.diary();
    f.service.keys["reader"] = {"r", {"", actors::scope::read, {"diary"}}};
    CHECK(f.post(at + "recall", {{"text", "x"}}).status == 401);
    CHECK(f.send("GET", "/status").status == 401);
    CHECK(f.post(at + "recall", {{"text", "x"}}, "Authorization: Basic eDp5\r\n").status == 401);
    CHECK(f.post(at + "recall", {{"text", "x"}}, "Authorization: Bearer wrong\r\n").status == 401);
    std::string key = "Authorization: Bearer reader\r\n";
    CHECK(f.post(at + "recall", {{"text", "x"}}, key).status == 200);
    CHECK(f.post(at + "forget", {{"ids", {"a"}}}, key).status == 403);
    CHECK(f.post("/v1/spaces/other/recall", {{"text", "x"}}, key).status == 403);
    CHECK(f.post("/v1/spaces", {{"name", "new"}}, key).status == 403);
    f.service.revoked.insert("r");
    CHECK(f.post(at + "recall", {{"text", "x"}}, key).status == 401);
    CHECK(f.send("GET", "/livez").status == 200);
    CHECK(f.send("GET", "/metrics").status == 200);
  }

  TEST_CASE("the cluster is shown to an admin of everything and to nobody else") {
    http_fixture f;
    auto& known = f.service.known_cluster;
    known.verdict = "serving";
    known.members = {{{{1, 2}}, "10.0.0.1:7434", membership::member_state::dead, 4}};
    known.spaces = {{"notes", {{3, 4}}, 3, 2, {{{{1, 2}}, true, 12, base::duration{340}}}}};
    auto seen = f.send("GET", "/cluster").parsed();
    CHECK(seen["verdict"] == "serving");
    CHECK(seen["members"][0]["state"] == "dead");
    CHECK(seen["members"][0]["incarnation"] == 4);
    CHECK(seen["spaces"][0]["replicas"][0]["lag_entries"] == 12);
    CHECK(seen["spaces"][0]["replicas"][0]["lag_ms"] == 340);
    known.spaces[0].replicas[0].lag_entries.reset();
    CHECK_FALSE(f.send("GET", "/cluster").parsed()["spaces"][0]["replicas"][0].contains("lag_ms"));
    f.service.keys["reader"] = {"r", {"", actors::scope::read, {}}};
    f.service.keys["boss"] = {"b", {"", actors::scope::admin, {}}};
    CHECK(f.send("GET", "/cluster").status == 401);
    CHECK(f.send("GET", "/cluster", "", "Authorization: Bearer reader\r\n").status == 403);
    CHECK(f.send("GET", "/cluster", "", "Authorization: Bearer boss\r\n").status == 200);
  }

  TEST_CASE("without a key a caller must name this machine as the host") {
    http_fixture f;
    auto said =
        f.exchange("GET /status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    CHECK(said.find(" 401 ") != std::string::npos);
  }

  TEST_CASE("off loopback the metrics want a key too") {
    http_fixture f(false);
    f.service.keys["k"] = {"k", {"", actors::scope::read, {}}};
    CHECK(f.send("GET", "/metrics").status == 401);
    CHECK(f.send("GET", "/metrics", "", "Authorization: Bearer k\r\n").status == 200);
  }

  TEST_CASE("the connection ends after the answer when the client speaks HTTP/1.0 or says close") {
    http_fixture f;
    // Neither side half-closes: only the server can end these.
    CHECK(f.exchange("GET /livez HTTP/1.0\r\n\r\n", false).find("alive") != std::string::npos);
    CHECK(f.exchange("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false)
              .find("alive") != std::string::npos);
  }

  TEST_CASE("a connection serves one request after the other") {
    http_fixture f;
    std::string get = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    auto said = f.exchange(get + get + get);
    std::size_t count = 0;
    for (auto at = said.find("alive"); at != std::string::npos; at = said.find("alive", at + 1))
      ++count;
    CHECK(count == 3);
  }

  TEST_CASE("a body above the limit is refused, announced or not") {
    config small;
    small.batch_bytes_max = 1000;
    http_fixture f(true, small);
    auto at = f.diary();
    auto announced = f.post(at + "recall", {{"text", std::string(2000, 'x')}});
    CHECK(announced.status == 413);
    auto chunked = f.exchange("POST " + at +
                              "recall HTTP/1.1\r\nHost: localhost\r\n"
                              "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "7d0\r\n" +
                              std::string(2000, 'x') + "\r\n0\r\n\r\n");
    CHECK(chunked.find(" 413 ") != std::string::npos);
  }

  TEST_CASE("random bytes and cut requests on the HTTP port leave the node alive") {
    http_fixture f;
    base::random random(20261121);
    std::string whole = "POST /v1/spaces HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                        "application/json\r\nContent-Length: 16\r\n\r\n{\"name\":\"diary\"}";
    for (std::size_t length = 1; length < whole.size(); ++length)
      f.exchange(whole.substr(0, length));
    for (int round = 0; round < 200; ++round) {
      std::string bytes = round % 2 ? "GET " : "";
      auto size = 1 + random.below(400);
      for (std::uint64_t i = 0; i < size; ++i) bytes += static_cast<char>(random.next());
      f.exchange(bytes + "\r\n\r\n");
    }
    CHECK(f.send("GET", "/livez").status == 200);
    CHECK(f.server.connections() == 0);
    CHECK(std::stoi(f.metric("engram_node_malformed_total{port=\"http\",what=\"protocol\"}")) > 50);
  }

  TEST_CASE("embeddings are quantised on the way in and infinite ones refused") {
    auto body = read_remember(R"({"memories":[{"text":"x","embedding":[1.0,-0.5,0]}]})", any_id);
    REQUIRE(body);
    REQUIRE(body->episodes[0].embedding);
    CHECK(body->episodes[0].embedding->values == std::vector<std::int8_t>{127, -64, 0});
    CHECK(body->episodes[0].id == "drawn");
    CHECK_FALSE(read_remember(R"({"memories":[{"text":"x","embedding":[1e300]}]})", any_id));
    CHECK_FALSE(read_remember(R"({"memories":[{"text":"x","embedding":["1"]}]})", any_id));
  }

  TEST_CASE("every error code has an HTTP status of its kind") {
    for (const auto& row : base::error_table()) {
      if (row.code == errc::ok) continue;
      auto status = http_status(row.code);
      CHECK(status >= 400);
      CHECK(status < 600);
      // Retrying later only makes sense where the fault is not the request's.
      if (row.advice == base::advice::retry_later) CHECK(status >= 500);
    }
  }

  TEST_CASE("ids drawn for clients are UUIDs of version 7 that ascend with time") {
    system_entropy entropy;
    auto first = uuid_v7({1'000}, entropy), second = uuid_v7({2'000}, entropy);
    CHECK(first < second);
    CHECK(first[14] == '7');
    CHECK(std::string("89ab").find(first[19]) != std::string::npos);
    CHECK(first.size() == 36);
  }

} // TEST_SUITE

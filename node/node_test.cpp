// A whole node in one process: real store, real actors, real sockets, ports of its own choosing.
#include "node/node.hpp"

#include "node/rpc/codec.hpp"
#include "node/testing/temporary_folder.hpp"
#include "tests/support/doctest.hpp"

#include <capnp/ez-rpc.h>

#include <fstream>
#include <set>
#include <sstream>

using namespace engram;
using namespace engram::node;

namespace {

config local(const std::string& folder) {
  config settings;
  settings.data = folder;
  settings.rpc.port = settings.http.port = settings.gossip.port = 0;
  return settings;
}

struct running_node {
  engram::node::log quiet{severity::error, log::format::text, [](const std::string&) {}};
  std::unique_ptr<engram::node::node> it;
  explicit running_node(const config& settings) {
    auto started = engram::node::node::start(settings, quiet, [](const base::error&) {});
    if (!started) FAIL(started.error().message());
    it = *std::move(started);
  }
};

struct caller {
  capnp::EzRpcClient rpc;
  schema::Session::Client session = nullptr;
  explicit caller(const engram::node::node& to, const std::string& key = "")
      : rpc(to.rpc().text().c_str()) {
    auto request = rpc.getMain<schema::Engram>().authenticateRequest();
    request.setKey(text_of(key));
    auto answer = request.send().wait(rpc.getWaitScope());
    if (answer.getResult().isError()) FAIL(decode(answer.getResult().getError().getContext()));
    session = answer.getResult().getSession();
  }
  schema::MemorySpace::Client create(kj::StringPtr name) {
    auto request = session.createSpaceRequest();
    request.initSpec().setName(name);
    auto answer = request.send().wait(rpc.getWaitScope());
    if (answer.getResult().isError()) FAIL(decode(answer.getResult().getError().getContext()));
    return answer.getResult().getOk().getSpace();
  }
};

} // namespace

TEST_SUITE("node") {

  TEST_CASE("what a node acknowledged it recalls, also after it was stopped and started again") {
    temporary_folder folder;
    for (int round = 0; round < 2; ++round) {
      running_node running(local(folder.path + "/data"));
      caller client(*running.it);
      auto space = client.create("diary");
      auto write = space.rememberRequest();
      auto episode = write.initEpisodes(1)[0];
      episode.setId("a");
      episode.setText("The heron stood in the river at dawn.");
      auto receipts = write.send().wait(client.rpc.getWaitScope());
      REQUIRE(receipts.getResult().isOk());
      REQUIRE(receipts.getResult().getOk().getReceipts()[0].isOk());
      CHECK(receipts.getResult().getOk().getReceipts()[0].getOk().getKnown() == (round == 1));

      auto ask = space.recallRequest();
      ask.initQuery().initCue().setText("heron at the river");
      auto answer = ask.send().wait(client.rpc.getWaitScope());
      REQUIRE(answer.getResult().isOk());
      REQUIRE(answer.getResult().getOk().getHits().size() == 1);
      CHECK(running.it->stop());
    }
  }

  TEST_CASE("a second node on the same folder is refused and the first goes on") {
    temporary_folder folder;
    running_node first(local(folder.path));
    auto second =
        engram::node::node::start(local(folder.path), first.quiet, [](const base::error&) {});
    REQUIRE_FALSE(second);
    CHECK(second.error().code == base::errc::data_in_use);
    caller(*first.it).create("diary");
  }

  TEST_CASE("a node that others could reach does not start without key and TLS") {
    temporary_folder folder;
    auto open = local(folder.path);
    open.rpc.host = "0.0.0.0";
    engram::node::log quiet(severity::error, log::format::text, [](const std::string&) {});
    auto refused = engram::node::node::start(open, quiet, [](const base::error&) {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::errc::insecure_binding);
  }

  TEST_CASE("a key made while the node is stopped opens it, and anonymous callers are refused") {
    temporary_folder folder;
    engram::node::log quiet(severity::error, log::format::text, [](const std::string&) {});
    auto secret = engram::node::node::create_admin_key(local(folder.path), quiet);
    REQUIRE(secret);
    running_node running(local(folder.path));
    caller with_key(*running.it, *secret);
    with_key.create("diary");
    capnp::EzRpcClient nobody(running.it->rpc().text().c_str());
    auto request = nobody.getMain<schema::Engram>().authenticateRequest();
    CHECK(request.send().wait(nobody.getWaitScope()).getResult().isError());
  }

  TEST_CASE("docs/metrics.md names every metric that a node has, and no other") {
    temporary_folder folder;
    running_node running(local(folder.path));
    std::set<std::string> rendered, documented;
    std::istringstream lines(running.it->metrics().render());
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("# TYPE ")) rendered.insert(line.substr(7, line.find(' ', 7) - 7));
    }
    std::ifstream page(ENGRAM_SOURCE_DIR "/docs/metrics.md");
    for (std::string line; std::getline(page, line);) {
      if (line.starts_with("| `engram_")) documented.insert(line.substr(3, line.find('`', 3) - 3));
    }
    CHECK(rendered.size() > 20);
    for (const auto& each : rendered) CHECK_MESSAGE(documented.count(each), each);
    for (const auto& each : documented) CHECK_MESSAGE(rendered.count(each), each);
  }

} // TEST_SUITE

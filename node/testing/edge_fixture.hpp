#pragma once
// An edge over the fake service and one event loop, for tests of RPC and HTTP without a socket.

#include "node/listener.hpp"
#include "node/rpc/bridge.hpp"
#include "node/rpc/codec.hpp"
#include "node/rpc/rpc_server.hpp"
#include "node/system_clock.hpp"
#include "node/system_entropy.hpp"
#include "node/testing/fake_service.hpp"

#include <capnp/rpc-twoparty.h>

namespace engram::node {

struct edge_fixture {
  kj::AsyncIoContext io = kj::setupAsyncIo();
  base::registry registry;
  edge_metrics metrics{registry};
  std::vector<std::string> lines;
  engram::node::log log{severity::debug, log::format::text,
                        [this](const std::string& line) { lines.push_back(line); }};
  system_clock clock;
  system_entropy entropy;
  config settings;
  fake_service service;
  edge owner;

  explicit edge_fixture(bool anonymous_allowed = true, config chosen = {})
      : settings(std::move(chosen)), owner({service.all(), metrics, log, registry, clock, entropy,
                                            settings, anonymous_allowed}) {}

  kj::WaitScope& wait() { return io.waitScope; }
  /// The rendered value of one series, or "" when it is not there.
  std::string metric(const std::string& series) const {
    auto all = registry.render();
    auto at = all.find("\n" + series + " ");
    if (at == std::string::npos) return "";
    auto begin = at + series.size() + 2;
    return all.substr(begin, all.find('\n', begin) - begin);
  }
};

/// One client of an RPC listener, joined by a pipe.
struct rpc_fixture : edge_fixture {
  explicit rpc_fixture(bool anonymous_allowed = true, config chosen = {})
      : edge_fixture(anonymous_allowed, std::move(chosen)) {
    connect();
  }

  listener server{owner, edge_metrics::port::rpc, io.provider->getTimer(), nullptr,
                  rpc_speaker(owner, {{{1, 2}}, {3, 4}})};
  kj::Own<kj::AsyncIoStream> stream;
  kj::Own<capnp::TwoPartyClient> client;

  void connect() {
    auto pipe = kj::newTwoWayPipe();
    server.adopt(kj::mv(pipe.ends[0]));
    client = nullptr;
    stream = kj::mv(pipe.ends[1]);
    client = kj::heap<capnp::TwoPartyClient>(*stream);
  }
  schema::Engram::Client engram() { return client->bootstrap().castAs<schema::Engram>(); }
  auto authenticate(kj::StringPtr key) {
    auto request = engram().authenticateRequest();
    request.setKey(key);
    return request.send().wait(wait());
  }
  schema::Session::Client session(kj::StringPtr key = "") {
    auto answer = authenticate(key);
    KJ_REQUIRE(answer.getResult().isSession(), answer.getResult().getError().getContext());
    return answer.getResult().getSession();
  }
  schema::MemorySpace::Client create(schema::Session::Client on, kj::StringPtr name) {
    auto request = on.createSpaceRequest();
    request.initSpec().setName(name);
    auto answer = request.send().wait(wait());
    KJ_REQUIRE(answer.getResult().isOk(), answer.getResult().getError().getContext());
    return answer.getResult().getOk().getSpace();
  }
};

inline base::errc code_of(schema::ErrorInfo::Reader error) {
  return static_cast<base::errc>(error.getCode());
}

} // namespace engram::node

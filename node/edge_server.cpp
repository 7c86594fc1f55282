#include "node/edge_server.hpp"

#include "node/http/http_server.hpp"
#include "node/rpc/rpc_server.hpp"
#include "node/rpc/tls.hpp"

#include <kj/async-io.h>
#include <kj/thread.h>

#include <future>

namespace engram::node {

namespace {

/// Everything that lives on the loop, in the order it is built.
struct loop_parts {
  loop_parts(edge& owner, node_identity identity, kj::AsyncIoContext& context,
             kj::Maybe<kj::Own<kj::TlsContext>> secure)
      : io(context), edge_(owner), tls(kj::mv(secure)),
        rpc(owner, edge_metrics::port::rpc, timer(), tls_context(), rpc_speaker(owner, identity)),
        http(owner, edge_metrics::port::http, timer(), http_on_loopback() ? nullptr : tls_context(),
             http_speaker(owner, timer(), http_on_loopback())) {}

  kj::Timer& timer() { return io.provider->getTimer(); }
  bool http_on_loopback() const { return edge_.settings().http.is_loopback(); }
  kj::Maybe<kj::TlsContext&> tls_context() {
    KJ_IF_MAYBE (each, tls) {
      return **each;
    }
    return nullptr;
  }

  base::result<address> bind(listener& to, const address& at) {
    address bound = at;
    auto failure = kj::runCatchingExceptions([&]() {
      auto parsed =
          io.provider->getNetwork().parseAddress(at.host.c_str(), at.port).wait(io.waitScope);
      auto receiver = parsed->listen();
      bound.port = static_cast<std::uint16_t>(receiver->getPort());
      to.listen(kj::mv(receiver));
    });
    KJ_IF_MAYBE (why, failure) {
      return base::error{base::errc::unavailable,
                         "cannot listen on " + at.text() + ": " + why->getDescription().cStr()};
    }
    return bound;
  }

  kj::Promise<void> wait_for_calls() {
    if (edge_.calls() == 0) return kj::READY_NOW;
    return timer().afterDelay(5 * kj::MILLISECONDS).then([this]() { return wait_for_calls(); });
  }

  kj::Promise<void> drain(base::duration longest) {
    rpc.stop_accepting();
    http.stop_accepting();
    auto most = timer().afterDelay(longest.count() * kj::MILLISECONDS);
    // Answers are written in the turn after a call ends: give them one before connections close.
    return wait_for_calls().exclusiveJoin(kj::mv(most)).then([this]() {
      return timer().afterDelay(20 * kj::MILLISECONDS);
    });
  }

  kj::AsyncIoContext& io;
  edge& edge_;
  kj::Maybe<kj::Own<kj::TlsContext>> tls;
  listener rpc, http;
};

struct ports {
  address rpc, http;
};

} // namespace

struct edge_server::loop_state {
  kj::Own<const kj::Executor> executor;
  loop_parts* parts = nullptr;                // the loop's
  kj::Own<kj::PromiseFulfiller<void>> finish; // the loop's

  /// Reports once through `started`, then serves until `finish`.
  void run(edge& owner, node_identity identity, std::promise<base::result<ports>>& started) {
    auto io = kj::setupAsyncIo();
    auto secure = make_tls(owner.settings(), io.provider->getTimer());
    if (!secure) return started.set_value(secure.error());
    loop_parts all(owner, identity, io, *std::move(secure));
    auto rpc = all.bind(all.rpc, owner.settings().rpc);
    auto http = rpc ? all.bind(all.http, owner.settings().http) : rpc;
    if (!http) return started.set_value(http.error());

    auto end = kj::newPromiseAndFulfiller<void>();
    finish = kj::mv(end.fulfiller);
    parts = &all;
    executor = kj::getCurrentThreadExecutor().addRef();
    started.set_value(ports{*rpc, *http});
    end.promise.wait(io.waitScope);
  }
};

base::result<std::unique_ptr<edge_server>> edge_server::start(edge& owner, node_identity identity) {
  std::unique_ptr<edge_server> made(new edge_server);
  made->state_ = std::make_unique<loop_state>();
  std::promise<base::result<ports>> started;
  auto bound = started.get_future();
  made->thread_ = std::thread([state = made->state_.get(), &owner, identity, &started] {
    state->run(owner, identity, started);
  });
  auto got = bound.get();
  if (!got) {
    made->thread_.join();
    return got.error();
  }
  made->rpc_ = got->rpc;
  made->http_ = got->http;
  return made;
}

void edge_server::drain(base::duration longest) {
  if (!thread_.joinable()) return;
  state_->executor->executeSync([this, longest]() { return state_->parts->drain(longest); });
}

void edge_server::stop() {
  if (!thread_.joinable()) return;
  state_->executor->executeSync([this]() { state_->finish->fulfill(); });
  thread_.join();
}

edge_server::~edge_server() { stop(); }

} // namespace engram::node

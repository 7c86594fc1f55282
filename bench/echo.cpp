#include "bench/echo.hpp"

#include "bench/echo.capnp.h"

#include <caf/all.hpp>
#include <capnp/rpc-twoparty.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <functional>
#include <future>
#include <thread>

namespace engram::bench {

/// What travels through the actor: the bytes and where the answer goes. Shared, so never copied.
struct echo_job {
  std::shared_ptr<const std::string> bytes;
  std::shared_ptr<kj::Own<kj::CrossThreadPromiseFulfiller<void>>> done;
};

} // namespace engram::bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(engram::bench::echo_job)

namespace engram::bench {
namespace {

void set_no_delay(kj::AsyncIoStream& stream) {
  int on = 1;
  stream.setsockopt(IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

class echo_impl final : public wire::Echo::Server {
public:
  explicit echo_impl(caf::actor actor) : actor_(std::move(actor)) {}

  kj::Promise<void> echo(EchoContext context) override {
    const auto data = context.getParams().getData();
    const auto bytes = std::make_shared<const std::string>(
        reinterpret_cast<const char*>(data.begin()), data.size());
    auto pair = kj::newPromiseAndCrossThreadFulfiller<void>();
    caf::anon_send(actor_,
                   echo_job{bytes, std::make_shared<kj::Own<kj::CrossThreadPromiseFulfiller<void>>>(
                                       kj::mv(pair.fulfiller))});
    return pair.promise.then([context, bytes]() mutable {
      context.getResults().setData(
          kj::arrayPtr(reinterpret_cast<const kj::byte*>(bytes->data()), bytes->size()));
    });
  }

private:
  caf::actor actor_;
};

caf::actor_system_config actor_config() {
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", std::size_t{2});
  return config;
}

} // namespace

struct echo_server::state {
  std::promise<std::uint16_t> listening;
  std::uint16_t port = 0;
  kj::Own<kj::CrossThreadPromiseFulfiller<void>> stop;
  std::thread thread;

  void serve();
};

void echo_server::state::serve() {
  auto config = actor_config();
  caf::actor_system system(config);
  auto actor = system.spawn(
      []() -> caf::behavior { return {[](const echo_job& job) { (*job.done)->fulfill(); }}; });
  auto io = kj::setupAsyncIo();
  auto stopping = kj::newPromiseAndCrossThreadFulfiller<void>();
  stop = kj::mv(stopping.fulfiller);
  capnp::TwoPartyServer server(kj::heap<echo_impl>(actor));
  auto address = io.provider->getNetwork().parseAddress("127.0.0.1", 0).wait(io.waitScope);
  auto receiver = address->listen();
  listening.set_value(static_cast<std::uint16_t>(receiver->getPort()));
  std::function<kj::Promise<void>()> accept_next = [&] {
    return receiver->accept().then([&](kj::Own<kj::AsyncIoStream> stream) {
      set_no_delay(*stream);
      server.accept(kj::mv(stream));
      return accept_next();
    });
  };
  auto accepting = accept_next().eagerlyEvaluate([](kj::Exception&&) {});
  stopping.promise.wait(io.waitScope);
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

echo_server::echo_server() : state_(std::make_unique<state>()) {
  auto port = state_->listening.get_future();
  state_->thread = std::thread([this] { state_->serve(); });
  state_->port = port.get();
}

echo_server::~echo_server() {
  state_->stop->fulfill();
  state_->thread.join();
}

std::uint16_t echo_server::port() const { return state_->port; }

struct echo_client::state {
  kj::AsyncIoContext& io;
  kj::Own<kj::AsyncIoStream> stream;
  kj::Own<capnp::TwoPartyClient> connection;
  wire::Echo::Client echo = nullptr;

  explicit state(kj::AsyncIoContext& loop) : io(loop) {}

  kj::Promise<void> once(const std::string& bytes) {
    auto request = echo.echoRequest();
    request.setData(kj::arrayPtr(reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()));
    return request.send().ignoreResult();
  }
  /// One of `depth` chains, each a call after the other.
  kj::Promise<void> chain(int& left, const std::string& bytes) {
    if (left-- <= 0) return kj::READY_NOW;
    return once(bytes).then([this, &left, &bytes] { return chain(left, bytes); });
  }
};

echo_client::echo_client(kj::AsyncIoContext& io, std::uint16_t port)
    : state_(std::make_unique<state>(io)) {
  auto address = io.provider->getNetwork().parseAddress("127.0.0.1", port).wait(io.waitScope);
  state_->stream = address->connect().wait(io.waitScope);
  set_no_delay(*state_->stream);
  state_->connection = kj::heap<capnp::TwoPartyClient>(*state_->stream);
  state_->echo = state_->connection->bootstrap().castAs<wire::Echo>();
}

echo_client::~echo_client() = default;

void echo_client::call(const std::string& bytes) { state_->once(bytes).wait(state_->io.waitScope); }

void echo_client::call_many(int count, int depth, const std::string& bytes) {
  auto chains = kj::heapArrayBuilder<kj::Promise<void>>(static_cast<std::size_t>(depth));
  for (int i = 0; i < depth; ++i) chains.add(state_->chain(count, bytes));
  kj::joinPromises(chains.finish()).wait(state_->io.waitScope);
}

} // namespace engram::bench

#include "node/peer/peer_host.hpp"

#include "node/peer/loop_queue.hpp"
#include "node/peer/peer_join.hpp"
#include "node/peer/peer_links.hpp"
#include "node/rpc/kj_error.hpp"
#include "node/rpc/tls.hpp"
#include "node/version.hpp"

#include <kj/async-io.h>
#include <kj/debug.h>

#include <future>

namespace engram::node {

namespace {

constexpr std::uint64_t QUEUE_BYTES_MAX = 64u << 20;
constexpr std::uint64_t ASK_WEIGHT = 4'096; // what an ask takes without its texts
constexpr auto SEED_TIMEOUT = 2 * kj::SECONDS;

peer_context context_of(const peer_host::parts& from, peer_metrics& metrics) {
  peer_context made{from.sink, metrics, from.logger, from.clock, from.entropy, {}, from.keys};
  made.self.feature_min = FEATURE_MIN;
  made.self.feature_max = FEATURE_MAX;
  made.prove = from.settings.seal_packets;
  made.accept_unproven = from.settings.accept_plain_packets;
  made.message_bytes_max = from.settings.message_bytes_max;
  return made;
}

/// Everything that lives on the loop, in the order it is built.
struct loop_parts {
  loop_parts(const peer_host::parts& from, peer_metrics& metrics, kj::AsyncIoContext& on,
             kj::Maybe<kj::Own<kj::TlsContext>> secure)
      : io(on), tls(kj::mv(secure)), peer_name(from.settings.tls_peer_name),
        context(context_of(from, metrics)),
        links(context, timer(), [this](const std::string& address) { return dialler(address); }) {
    context.entered = [this](const actors::peer_identity& who) { links.is_there(who.address); };
  }

  kj::Timer& timer() { return io.provider->getTimer(); }

  kj::Maybe<kj::TlsContext&> tls_context() {
    KJ_IF_MAYBE (each, tls) {
      return **each;
    }
    return nullptr;
  }

  kj::Promise<kj::Own<kj::AsyncIoStream>> secure(kj::Own<kj::AsyncIoStream> stream) {
    KJ_IF_MAYBE (each, tls) {
      return (*each)->wrapClient(kj::mv(stream), peer_name.c_str());
    }
    return kj::mv(stream);
  }

  kj::Promise<kj::Own<kj::AsyncIoStream>> dial(const std::string& address) {
    using stream = kj::Promise<kj::Own<kj::AsyncIoStream>>;
    return io.provider->getNetwork()
        .parseAddress(address.c_str())
        .then([](auto parsed) {
          auto connected = parsed->connect();
          return connected.attach(kj::mv(parsed));
        })
        .then([this](kj::Own<kj::AsyncIoStream> connected) { return secure(kj::mv(connected)); })
        .catch_([address](kj::Exception&& failure) -> stream {
          return kj::Exception(failure.getType(), __FILE__, __LINE__,
                               kj::str(address.c_str(), ": ", failure.getDescription()));
        });
  }

  peer_link::dialer dialler(const std::string& address) {
    return [this, address]() { return dial(address); };
  }

  kj::Promise<base::result<base::hash128>> ask_seed(const address& seed) {
    using asked = base::result<base::hash128>;
    auto late = timer().afterDelay(SEED_TIMEOUT).then([]() -> asked {
      return base::error{base::errc::unavailable, "no answer"};
    });
    return dial(seed.text())
        .then([this](kj::Own<kj::AsyncIoStream> stream) {
          return ask_for_cluster(context, kj::mv(stream));
        })
        .exclusiveJoin(kj::mv(late))
        .catch_([](kj::Exception&& failure) -> asked { return to_error(failure); });
  }

  kj::Promise<base::result<void>> open(edge& owner, const address& on, actors::peer_identity self) {
    context.self = std::move(self);
    port = kj::heap<listener>(owner, edge_metrics::port::peer, timer(), tls_context(),
                              peer_speaker(context, owner.metrics(), timer()));
    return io.provider->getNetwork()
        .parseAddress(on.host.c_str(), on.port)
        .then([this](kj::Own<kj::NetworkAddress> parsed) -> base::result<void> {
          KJ_ASSERT_NONNULL(port)->listen(parsed->listen());
          is_open = true;
          return base::success();
        })
        .catch_([on](kj::Exception&& failure) -> base::result<void> {
          return base::error{base::errc::unavailable, "cannot listen on " + on.text() + ": " +
                                                          failure.getDescription().cStr()};
        });
  }

  kj::AsyncIoContext& io;
  kj::Maybe<kj::Own<kj::TlsContext>> tls;
  const std::string peer_name;
  peer_context context;
  peer_links links;
  kj::Maybe<kj::Own<listener>> port;
  bool is_open = false;
};

} // namespace

struct peer_host::loop_state {
  loop_queue queue{QUEUE_BYTES_MAX};
  kj::Own<const kj::Executor> executor;
  loop_parts* parts = nullptr;                // the loop's
  kj::Own<kj::PromiseFulfiller<void>> finish; // the loop's

  void run(const peer_host::parts& from, peer_metrics& metrics,
           std::promise<base::result<void>>& started) {
    auto io = kj::setupAsyncIo();
    auto secure = make_peer_tls(from.settings, io.provider->getTimer());
    if (!secure) return started.set_value(secure.error());
    loop_parts all(from, metrics, io, *std::move(secure));
    auto end = kj::newPromiseAndFulfiller<void>();
    finish = kj::mv(end.fulfiller);
    parts = &all;
    executor = kj::getCurrentThreadExecutor().addRef();
    auto jobs = queue.run().eagerlyEvaluate([&from](kj::Exception&& failure) {
      from.logger.error("node", "the peer port's queue ended",
                        {{"why", failure.getDescription().cStr()}});
    });
    started.set_value(base::success());
    end.promise.wait(io.waitScope);
    queue.close();
  }
};

peer_host::peer_host(parts from) : parts_(std::move(from)), metrics_(parts_.registry) {}

base::result<std::unique_ptr<peer_host>> peer_host::start(parts from) {
  std::unique_ptr<peer_host> made(new peer_host(std::move(from)));
  made->state_ = std::make_unique<loop_state>();
  std::promise<base::result<void>> started;
  auto ready = started.get_future();
  made->thread_ = std::thread(
      [self = made.get(), &started] { self->state_->run(self->parts_, self->metrics_, started); });
  if (auto running = ready.get(); !running) {
    made->thread_.join();
    return running.error();
  }
  return made;
}

base::result<base::hash128> peer_host::ask_seed(const address& seed) {
  return state_->executor->executeSync([this, &seed]() { return state_->parts->ask_seed(seed); });
}

base::result<void> peer_host::open(edge& owner, const address& on, actors::peer_identity self) {
  return state_->executor->executeSync(
      [this, &owner, &on, &self]() { return state_->parts->open(owner, on, self); });
}

void peer_host::close() {
  if (!thread_.joinable()) return;
  state_->executor->executeSync([this]() { state_->finish->fulfill(); });
  thread_.join();
}

peer_host::~peer_host() { close(); }

void peer_host::send(const std::string& address, actors::channel on, std::string message) {
  const auto weight = message.size();
  auto job = [this, address, on, message = std::move(message)]() mutable {
    if (!state_->parts->is_open) return metrics_.dropped.add();
    state_->parts->links.send(address, on, std::move(message));
  };
  if (!state_->queue.post(std::move(job), weight)) metrics_.dropped.add();
}

void peer_host::introduce(const base::store_id& member, const std::string& address) {
  // Weightless: who is where must not be lost.
  state_->queue.post(
      [state = state_.get(), member, address] { state->parts->links.introduce(member, address); },
      0);
}

void peer_host::forget(const base::store_id& member) {
  state_->queue.post([state = state_.get(), member] { state->parts->links.forget(member); }, 0);
}

void peer_host::send(const base::store_id& to, std::shared_ptr<actors::ask> what,
                     actors::reply<actors::answer> done) {
  const base::error lost{base::errc::disconnected, "the link to the member was closed"};
  auto sure = std::make_shared<sure_reply<actors::answer>>(std::move(done), lost);
  auto job = [state = state_.get(), to, what = std::move(what), sure] {
    state->parts->links.ask(to, what, sure);
  };
  if (!state_->queue.post(std::move(job), ASK_WEIGHT))
    (*sure)(base::error{base::errc::unavailable, "too much waits for the links to members"});
}

} // namespace engram::node

#pragma once
// For tests: nodes of the schema's interfaces in this thread, joined to a client by pipes. Time
// passes when nothing else does. Every knob is public.

#include "client/connection.hpp"
#include "client/import_stream.hpp"
#include "client/link.hpp"

#include <capnp/rpc-twoparty.h>
#include <kj/debug.h>

namespace engram::client {

/// Keeps the ids it is told to remember, or refuses as it is set to.
struct fake_node {
  bool is_there = true;
  bool is_mute = false;
  std::optional<base::errc> refusal;      // of writes, and of streams when they are opened
  std::optional<base::errc> item_refusal; // of each item of a write or a stream
  bool hangs_up_next = false;             // having heard of the write
  bool speaks_our_version = true;
  int dialled = 0;
  std::vector<std::string> asked; // ids, also of what was refused
  std::vector<kj::Own<capnp::TwoPartyServer>> connections;

  // -- streams --
  std::vector<std::uint64_t> streams;         // numbers of their first items
  std::vector<std::uint64_t> items;           // numbers of those taken
  std::size_t items_max = ~std::size_t{0};    // from then on the node is gone
  std::optional<base::errc> stream_ends_with; // at the next batch
  bool settles = true;                        // false: says nothing of what it took

  dialer way();
};

inline void refuse(base::errc code, schema::ErrorInfo::Builder into) {
  into.setCode(static_cast<std::uint16_t>(code));
}

/// Settles what it takes at once; waits for more when asked.
struct fake_log : kj::Refcounted {
  fake_log(fake_node& at, std::uint64_t next) : node(at), last(next - 1) {}

  static kj::Exception gone() {
    return kj::Exception(kj::Exception::Type::DISCONNECTED, __FILE__, __LINE__, kj::str("gone"));
  }

  fake_node& node;
  std::uint64_t last;
  std::optional<base::errc> ended;
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> waiters;
};

class fake_observer final : public schema::ImportObserver::Server {
public:
  explicit fake_observer(kj::Own<fake_log> log) : log_(kj::mv(log)) {}
  kj::Promise<void> progress(ProgressContext context) override {
    const auto after = context.getParams().getAfter();
    if (!log_->node.is_there) return fake_log::gone();
    if (log_->last > after && log_->node.settles) {
      auto ok = context.getResults().initResult().initOk();
      ok.setSettled(log_->last);
      if (!log_->node.item_refusal) return kj::READY_NOW;
      auto refused = ok.initRefused(static_cast<unsigned>(log_->last - after));
      for (unsigned i = 0; i < refused.size(); ++i) {
        refused[i].setItem(after + 1 + i);
        refuse(*log_->node.item_refusal, refused[i].initError());
      }
      return kj::READY_NOW;
    }
    if (log_->ended) {
      refuse(*log_->ended, context.getResults().initResult().initError());
      return kj::READY_NOW;
    }
    auto pair = kj::newPromiseAndFulfiller<void>();
    log_->waiters.push_back(kj::mv(pair.fulfiller));
    return pair.promise.then([this, context]() mutable { return progress(context); });
  }

private:
  kj::Own<fake_log> log_;
};

class fake_stream final : public schema::ImportStream::Server {
public:
  explicit fake_stream(kj::Own<fake_log> log) : log_(kj::mv(log)) {}
  kj::Promise<void> push(PushContext context) override {
    const auto batch = context.getParams().getBatch();
    auto& node = log_->node;
    if (auto why = std::exchange(node.stream_ends_with, std::nullopt)) log_->ended = *why;
    for (unsigned i = 0; !log_->ended && i < batch.getEpisodes().size(); ++i) {
      if (node.items.size() >= node.items_max) node.is_there = false;
      if (!node.is_there) break;
      node.items.push_back(++log_->last);
    }
    for (auto& each : log_->waiters) each->fulfill();
    log_->waiters.clear();
    if (!node.is_there) return fake_log::gone();
    return kj::READY_NOW;
  }
  kj::Promise<void> observer(ObserverContext context) override {
    context.getResults().setObserver(kj::heap<fake_observer>(kj::addRef(*log_)));
    return kj::READY_NOW;
  }

private:
  kj::Own<fake_log> log_;
};

class fake_space final : public schema::MemorySpace::Server {
public:
  explicit fake_space(fake_node& node) : node_(node) {}
  kj::Promise<void> remember(RememberContext context) override {
    for (auto each : context.getParams().getEpisodes())
      node_.asked.push_back(to_string(each.getId()));
    auto result = context.getResults().initResult();
    if (node_.hangs_up_next) {
      node_.hangs_up_next = false;
      return kj::Exception(kj::Exception::Type::DISCONNECTED, __FILE__, __LINE__, kj::str("gone"));
    }
    if (node_.item_refusal)
      refuse(*node_.item_refusal, result.initOk().initReceipts(1)[0].initError());
    else if (node_.refusal)
      refuse(*node_.refusal, result.initError());
    else
      result.initOk().initReceipts(context.getParams().getEpisodes().size());
    return kj::READY_NOW;
  }
  kj::Promise<void> stream(StreamContext context) override {
    const auto next = context.getParams().getNext();
    node_.streams.push_back(next);
    auto result = context.getResults().initResult();
    if (node_.refusal)
      refuse(*node_.refusal, result.initError());
    else
      result.setOk(kj::heap<fake_stream>(kj::refcounted<fake_log>(node_, next)));
    return kj::READY_NOW;
  }

private:
  fake_node& node_;
};

class fake_session final : public schema::Session::Server {
public:
  explicit fake_session(fake_node& node) : node_(node) {}
  kj::Promise<void> space(SpaceContext context) override {
    context.getResults().initResult().initOk().setSpace(kj::heap<fake_space>(node_));
    return kj::READY_NOW;
  }

private:
  fake_node& node_;
};

class fake_bootstrap final : public schema::Engram::Server {
public:
  explicit fake_bootstrap(fake_node& node) : node_(node) {}
  kj::Promise<void> hello(HelloContext context) override {
    auto hello = context.getResults().initHello();
    hello.setFeatureMin(node_.speaks_our_version ? 1 : 99);
    hello.setFeatureMax(99);
    return kj::READY_NOW;
  }
  kj::Promise<void> authenticate(AuthenticateContext context) override {
    auto result = context.getResults().initResult();
    if (context.getParams().getKey() == "wrong")
      refuse(base::errc::unauthenticated, result.initError());
    else
      result.setSession(kj::heap<fake_session>(node_));
    return kj::READY_NOW;
  }

private:
  fake_node& node_;
};

inline dialer fake_node::way() {
  return [this]() -> kj::Promise<kj::Own<kj::AsyncIoStream>> {
    ++dialled;
    if (!is_there)
      return kj::Exception(kj::Exception::Type::DISCONNECTED, __FILE__, __LINE__,
                           kj::str("nobody is there"));
    if (is_mute) return kj::NEVER_DONE;
    auto pipe = kj::newTwoWayPipe();
    connections.push_back(kj::heap<capnp::TwoPartyServer>(kj::heap<fake_bootstrap>(*this)));
    connections.back()->accept(kj::mv(pipe.ends[0]));
    return kj::mv(pipe.ends[1]);
  };
}

struct fake_nodes {
  event_loop loop;
  kj::TimerImpl timer{kj::origin<kj::TimePoint>()};
  fake_node nodes[3];

  template <class T>
  base::result<T> wait(promise<T> what) {
    while (!what.poll(loop.io().waitScope)) timer.advanceTo(KJ_ASSERT_NONNULL(timer.nextEvent()));
    return what.wait(loop.io().waitScope);
  }
  base::result<connection> open(std::size_t count, connection_options options = {}) {
    std::vector<dialer> ways;
    for (std::size_t i = 0; i < count; ++i) ways.push_back(nodes[i].way());
    return wait(connection::open(std::move(ways), timer, std::move(options)));
  }
  base::result<write_result> remember(const connection& through, const std::string& id) {
    episode what;
    what.id = id;
    what.text = "text";
    return wait(through.open_space("notes").remember({what}));
  }
};

} // namespace engram::client

#include "node/peer/peer_link.hpp"

#include "node/peer/peer_codec.hpp"
#include "node/peer/peer_values.hpp"
#include "node/rpc/buffered_stream.hpp"
#include "node/rpc/kj_error.hpp"

#include <capnp/rpc-twoparty.h>

#include <algorithm>

namespace engram::node {

namespace {

schema::PeerPort::Client port_of(capnp::RpcSystem<capnp::rpc::twoparty::VatId>& system) {
  capnp::MallocMessageBuilder named;
  auto server = named.initRoot<capnp::rpc::twoparty::VatId>();
  server.setSide(capnp::rpc::twoparty::Side::SERVER);
  return system.bootstrap(server).castAs<schema::PeerPort>();
}

} // namespace

struct peer_link::session {
  explicit session(kj::Own<kj::AsyncIoStream> on)
      : stream(kj::mv(on)), messages(*stream, [](buffered_stream::ending) {}),
        network(messages, capnp::rpc::twoparty::Side::CLIENT),
        system(capnp::makeRpcClient(network)), port(port_of(system)) {}

  kj::Own<kj::AsyncIoStream> stream;
  buffered_stream messages;
  capnp::TwoPartyVatNetwork network;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> system;
  schema::PeerPort::Client port;
  kj::Maybe<schema::Peer::Client> peer;
  peer_hello dialling, answering;
};

namespace {

kj::Duration kj_time(base::duration d) { return d.count() * kj::MILLISECONDS; }

} // namespace

peer_link::peer_link(peer_context& shared, kj::Timer& timer, dialer dial, peer_link_rules rules)
    : shared_(shared), timer_(timer), dial_(kj::mv(dial)), rules_(rules), not_before_(timer.now()),
      pause_(rules.pause_first), tasks_(*this) {}

peer_link::~peer_link() {
  drop_queue();
  if (live_) shared_.metrics.links.add(-1);
}

// -- making a link --

kj::Promise<peer_link::opened> peer_link::open() {
  if (live_) return opened(live_);
  if (!is_dialling_) {
    if (timer_.now() < not_before_)
      return opened(base::errc::unavailable, "the member was not reached a moment ago");
    is_dialling_ = true;
    auto dialled = dial().then([this](opened got) {
      is_dialling_ = false; // the promise itself stays: it is what runs here
      if (got)
        went_up(*got);
      else
        did_not_go_up(got.error());
      return got;
    });
    dialling_ = dialled.fork();
  }
  return dialling_->addBranch();
}

void peer_link::went_up(const session_ptr& fresh) {
  live_ = fresh;
  pause_ = rules_.pause_first;
  last_failure_.clear();
  shared_.metrics.links.add(1);
  // An end nobody waits for must not be met by the next ask: that one could still go elsewhere.
  tasks_.add(fresh->network.onDisconnect().then([this, which = std::weak_ptr(fresh)]() {
    if (const auto ended = which.lock()) lose(ended, {base::errc::disconnected, "it hung up"});
  }));
}

void peer_link::did_not_go_up(const base::error& why) {
  shared_.metrics.dials_failed.add();
  not_before_ = timer_.now() + kj_time(pause_);
  pause_ = std::min(pause_ * 2, rules_.pause_max);
  if (std::exchange(last_failure_, why.context) == why.context) return;
  shared_.logger.info("node", "no link to a member", {{"why", why.message()}});
}

void peer_link::dial_at_once() {
  not_before_ = timer_.now();
  pause_ = rules_.pause_first;
}

kj::Promise<peer_link::opened> peer_link::dial() {
  return kj::evalLater([this]() { return dial_(); })
      .then([this](kj::Own<kj::AsyncIoStream> stream) {
        return greet(std::make_shared<session>(kj::mv(stream)));
      })
      .exclusiveJoin(timer_.afterDelay(kj_time(rules_.dial_timeout)).then([]() -> opened {
        return {base::errc::unavailable, "the member did not answer the greeting"};
      }))
      .catch_([](kj::Exception&& failure) -> opened {
        return {base::errc::unavailable, to_error(failure).context};
      });
}

kj::Promise<peer_link::opened> peer_link::greet(session_ptr fresh) {
  fresh->dialling = {shared_.self, shared_.entropy.draw()};
  auto request = fresh->port.greetRequest();
  auto hello = request.initHello();
  encode(fresh->dialling.who, hello);
  with_bytes(fresh->dialling.nonce, [&](auto bytes) { hello.setNonce(bytes); });
  return request.send().then(
      [this, fresh](auto answer) mutable { return prove_to(kj::mv(fresh), answer.getResult()); });
}

kj::Promise<peer_link::opened> peer_link::prove_to(session_ptr fresh,
                                                   schema::PeerPort::GreetResult::Reader greeting) {
  if (greeting.isError()) {
    const base::error why{static_cast<base::errc>(greeting.getError().getCode()),
                          "the member refuses: " + decode(greeting.getError().getContext())};
    shared_.refuse(why);
    return opened(base::errc::unavailable, why.context);
  }
  const auto ok = greeting.getOk();
  auto who = decode(ok.getHello());
  auto nonce = decode_hash(ok.getHello().getNonce());
  if (!who || !nonce) return opened(!who ? who.error() : nonce.error());
  if (is_same_run(shared_.self, *who))
    return opened(base::errc::unavailable, "this very node answers there");
  if (auto may = check_peer(shared_.self, *who); !may) {
    shared_.refuse(may.error());
    return opened(may.error());
  }
  fresh->answering = {*who, *nonce};
  if (!shared_.accepts(decode(ok.getProof()), peer_side::answered, fresh->dialling,
                       fresh->answering)) {
    const base::error why{base::errc::unauthenticated,
                          "the member does not know the cluster's key"};
    shared_.refuse(why);
    return opened(why);
  }
  auto request = fresh->port.enterRequest();
  request.setProof(data_of(shared_.proof(peer_side::dialled, fresh->dialling, fresh->answering)));
  return request.send().then([fresh](auto answer) -> opened {
    auto result = answer.getResult();
    if (result.isError())
      return {base::errc::unauthenticated, decode(result.getError().getContext())};
    fresh->peer = result.getPeer();
    return fresh;
  });
}

void peer_link::lose(const session_ptr& which, const base::error& why) {
  if (live_ != which) return;
  live_.reset();
  shared_.metrics.links.add(-1);
  shared_.metrics.links_lost.add();
  shared_.logger.info("node", "link to a member lost",
                      {{"member", which->answering.who.store.hex()}, {"why", why.message()}});
  drop_queue();
}

void peer_link::drop_queue() {
  shared_.metrics.dropped.add(queue_.size());
  queue_.clear();
  queued_bytes_ = 0;
}

// -- messages --

void peer_link::send(actors::channel on, std::string message) {
  if (queued_bytes_ + message.size() > rules_.queue_bytes_max) {
    shared_.metrics.dropped.add();
    return;
  }
  queued_bytes_ += message.size();
  queue_.push_back({on, std::move(message)});
  pump();
}

void peer_link::pump() {
  if (live_) {
    while (!queue_.empty() && in_flight_ < rules_.window) send_batch(live_);
    return;
  }
  if (opening_ || queue_.empty()) return;
  opening_ = true;
  tasks_.add(open().then([this](opened got) {
    opening_ = false;
    if (!got) return drop_queue();
    pump();
  }));
}

void peer_link::send_batch(const session_ptr& on) {
  std::size_t count = 0, bytes = 0;
  while (count < queue_.size() &&
         (count == 0 || bytes + queue_[count].message.size() <= rules_.batch_bytes_max))
    bytes += queue_[count++].message.size();

  auto& peer = KJ_ASSERT_NONNULL(on->peer);
  auto request =
      peer.deliverRequest(capnp::MessageSize{bytes / sizeof(capnp::word) + 4 * count + 16, 0});
  auto list = request.initMessages(static_cast<unsigned>(count));
  for (unsigned i = 0; i < count; ++i) {
    list[i].setChannel(static_cast<std::uint8_t>(queue_.front().on));
    list[i].setBytes(data_of(queue_.front().message));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  ++in_flight_;
  shared_.metrics.sent.add(count);
  shared_.metrics.sent_bytes.add(bytes);
  auto answered = request.send().ignoreResult().exclusiveJoin(
      timer_.afterDelay(kj_time(rules_.answer_timeout)).then([]() -> kj::Promise<void> {
        return KJ_EXCEPTION(DISCONNECTED, "a delivery was not answered in time");
      }));
  tasks_.add(answered.then(
      [this]() {
        --in_flight_;
        pump();
      },
      [this, on](kj::Exception&& failure) {
        --in_flight_;
        lose(on, to_error(failure));
        pump();
      }));
}

// -- asks --

kj::Promise<base::result<actors::answer>> peer_link::ask(std::shared_ptr<actors::ask> what,
                                                         const base::store_id& of) {
  using got_answer = base::result<actors::answer>;
  return open().then([this, what = std::move(what), of](opened on) -> kj::Promise<got_answer> {
    if (!on) return got_answer(base::errc::unavailable, on.error().message());
    if (const auto& who = (*on)->answering.who.store; !of.is_zero() && who != of)
      return got_answer(base::errc::unavailable, "at its address answers member " + who.hex());
    const auto left = std::chrono::duration_cast<base::duration>(
        what->deadline - actors::nanoseconds(shared_.clock.monotonic()));
    auto waiting = actors::write_stage::waiting;
    if (std::holds_alternative<actors::write_ask>(what->what) &&
        !what->stage.compare_exchange_strong(waiting, actors::write_stage::logged))
      return got_answer(base::errc::overloaded, "the deadline passed before the write was sent");
    shared_.metrics.asks.add();
    auto& peer = KJ_ASSERT_NONNULL((*on)->peer);
    auto request = peer.askRequest();
    encode(*what, left, request.initAsk());
    return request.send().then([](auto answer) { return decode(answer.getResult()); },
                               [this, used = *on](kj::Exception&& failure) -> got_answer {
                                 const auto why = to_error(failure);
                                 if (failure.getType() == kj::Exception::Type::DISCONNECTED)
                                   lose(used, why);
                                 return why;
                               });
  });
}

void peer_link::taskFailed(kj::Exception&& failure) {
  shared_.logger.debug("node", "link task ended", {{"why", failure.getDescription().cStr()}});
}

} // namespace engram::node

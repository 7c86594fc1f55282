#include "node/peer/peer_server.hpp"

#include "node/peer/peer_codec.hpp"
#include "node/peer/peer_values.hpp"
#include "node/rpc/bridge.hpp"
#include "node/rpc/buffered_stream.hpp"

#include <capnp/rpc-twoparty.h>

namespace engram::node {

namespace {

class peer_server final : public schema::Peer::Server {
public:
  peer_server(peer_context& shared, actors::peer_identity who)
      : shared_(shared), who_(std::move(who)) {}

  kj::Promise<void> deliver(DeliverContext context) override {
    for (auto each : context.getParams().getMessages()) {
      shared_.metrics.received.add();
      shared_.metrics.received_bytes.add(each.getBytes().size());
      shared_.sink.message_arrived(who_, static_cast<actors::channel>(each.getChannel()),
                                   decode(each.getBytes()));
    }
    return kj::READY_NOW;
  }

  kj::Promise<void> ask(AskContext context) override {
    shared_.metrics.asked.add();
    auto what = decode(context.getParams().getAsk(), shared_.clock.monotonic());
    if (!what) {
      encode(what.error(), context.getResults().initResult().initError());
      return kj::READY_NOW;
    }
    context.releaseParams();
    context.allowCancellation();
    auto asked = node::ask<actors::answer>([&](actors::reply<actors::answer> done) {
      shared_.sink.asked(who_, *std::move(what), std::move(done));
    });
    return asked.then([context](base::result<actors::answer> got) mutable {
      encode(got, context.getResults().initResult());
    });
  }

private:
  peer_context& shared_;
  actors::peer_identity who_;
};

constexpr auto ENTER_TIMEOUT = 10 * kj::SECONDS;

class peer_connection {
public:
  peer_connection(peer_context& shared, edge_metrics& edge, kj::Own<kj::AsyncIoStream> stream)
      : peer_connection(shared, edge, kj::mv(stream), kj::heap<peer_port_server>(shared)) {}

  kj::Promise<void> done(kj::Timer& timer) {
    auto late = timer.afterDelay(ENTER_TIMEOUT).then([this]() -> kj::Promise<void> {
      if (!door_.has_entered()) return kj::READY_NOW;
      return kj::NEVER_DONE;
    });
    return network_.onDisconnect().exclusiveJoin(kj::mv(late));
  }

private:
  peer_connection(peer_context& shared, edge_metrics& edge, kj::Own<kj::AsyncIoStream> stream,
                  kj::Own<peer_port_server> door)
      : stream_(kj::mv(stream)),
        messages_(*stream_, [&edge](buffered_stream::ending how) { count(edge, how); }),
        network_(messages_, capnp::rpc::twoparty::Side::SERVER, options(shared)), door_(*door),
        system_(capnp::makeRpcServer(network_, kj::mv(door))) {}

  static void count(edge_metrics& edge, buffered_stream::ending how) {
    using malformed = edge_metrics::malformed;
    if (how == buffered_stream::ending::clean) return;
    edge.bytes_malformed(edge_metrics::port::peer,
                         how == buffered_stream::ending::cut ? malformed::cut : malformed::framing);
  }
  static capnp::ReaderOptions options(const peer_context& shared) {
    return {shared.message_bytes_max / sizeof(capnp::word), 32};
  }

  kj::Own<kj::AsyncIoStream> stream_;
  buffered_stream messages_;
  capnp::TwoPartyVatNetwork network_;
  peer_port_server& door_; // the system's
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> system_;
};

} // namespace

std::string peer_context::proof(peer_side speaker, const peer_hello& dialling,
                                const peer_hello& answering) const {
  return prove ? node::prove(keys, speaker, dialling, answering) : std::string();
}

bool peer_context::accepts(std::string_view proof, peer_side speaker, const peer_hello& dialling,
                           const peer_hello& answering) const {
  return (accept_unproven && proof.empty()) || is_proof(proof, keys, speaker, dialling, answering);
}

void peer_context::refuse(const base::error& why) const {
  auto& count = why.code == base::errc::incompatible      ? metrics.refused_cluster
                : why.code == base::errc::unauthenticated ? metrics.refused_proof
                                                          : metrics.refused_other;
  count.add();
  logger.warn("node", "member refused", {{"why", why.message()}});
}

kj::Promise<void> peer_port_server::greet(GreetContext context) {
  auto result = context.getResults().initResult();
  const auto hello = context.getParams().getHello();
  auto who = decode(hello);
  auto nonce = decode_hash(hello.getNonce());
  base::result<void> may;
  if (!who || !nonce)
    may = !who ? who.error() : nonce.error();
  else
    may = who->cluster.is_zero() || is_same_run(shared_.self, *who)
              ? check_features(shared_.self, *who)
              : check_peer(shared_.self, *who);
  if (!may) {
    shared_.refuse(may.error());
    encode(may.error(), result.initError());
    return kj::READY_NOW;
  }
  dialling_ = {*who, *nonce};
  answering_ = {shared_.self, shared_.entropy.draw()};
  auto ok = result.initOk();
  encode(answering_->who, ok.initHello());
  with_bytes(answering_->nonce, [&](auto bytes) { ok.getHello().setNonce(bytes); });
  ok.setProof(data_of(shared_.proof(peer_side::answered, *dialling_, *answering_)));
  return kj::READY_NOW;
}

kj::Promise<void> peer_port_server::enter(EnterContext context) {
  auto result = context.getResults().initResult();
  const auto proof = decode(context.getParams().getProof());
  base::result<void> may;
  if (!dialling_ || !shared_.accepts(proof, peer_side::dialled, *dialling_, *answering_))
    may = {base::errc::unauthenticated, "its proof of the cluster's key does not hold"};
  else if (dialling_->who.cluster.is_zero())
    may = {base::errc::incompatible, "it has no cluster yet"};
  if (!may) {
    shared_.refuse(may.error());
    encode(may.error(), result.initError());
    return kj::READY_NOW;
  }
  has_entered_ = true;
  shared_.entered(dialling_->who);
  result.setPeer(kj::heap<peer_server>(shared_, dialling_->who));
  return kj::READY_NOW;
}

listener::speaker peer_speaker(peer_context& shared, edge_metrics& edge, kj::Timer& timer) {
  return [&shared, &edge, &timer](kj::Own<kj::AsyncIoStream> stream) {
    auto connection = kj::heap<peer_connection>(shared, edge, kj::mv(stream));
    auto done = connection->done(timer);
    return done.attach(kj::mv(connection));
  };
}

} // namespace engram::node

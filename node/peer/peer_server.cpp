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

class peer_connection {
public:
  peer_connection(peer_context& shared, kj::Own<kj::AsyncIoStream> stream)
      : stream_(kj::mv(stream)), messages_(*stream_, [](buffered_stream::ending) {}),
        network_(messages_, capnp::rpc::twoparty::Side::SERVER, options(shared)),
        system_(capnp::makeRpcServer(network_, kj::heap<peer_port_server>(shared))) {}

  kj::Promise<void> done() { return network_.onDisconnect(); }

private:
  static capnp::ReaderOptions options(const peer_context& shared) {
    return {shared.message_bytes_max / sizeof(capnp::word), 32};
  }

  kj::Own<kj::AsyncIoStream> stream_;
  buffered_stream messages_;
  capnp::TwoPartyVatNetwork network_;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> system_;
};

} // namespace

void peer_port_server::refuse(const base::error& why, schema::ErrorInfo::Builder into) {
  auto& count = why.code == base::errc::incompatible      ? shared_.metrics.refused_cluster
                : why.code == base::errc::unauthenticated ? shared_.metrics.refused_proof
                                                          : shared_.metrics.refused_other;
  count.add();
  shared_.logger.warn("node", "member refused", {{"why", why.message()}});
  encode(why, into);
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
    may = check_peer(shared_.self, *who);
  if (!may) {
    refuse(may.error(), result.initError());
    return kj::READY_NOW;
  }
  dialling_ = {*who, *nonce};
  answering_ = {shared_.self, shared_.entropy.draw()};
  auto ok = result.initOk();
  encode(answering_->who, ok.initHello());
  with_bytes(answering_->nonce, [&](auto bytes) { ok.getHello().setNonce(bytes); });
  ok.setProof(data_of(prove(shared_.keys, peer_side::answered, *dialling_, *answering_)));
  return kj::READY_NOW;
}

kj::Promise<void> peer_port_server::enter(EnterContext context) {
  auto result = context.getResults().initResult();
  const auto proof = decode(context.getParams().getProof());
  if (!dialling_ || !is_proof(proof, shared_.keys, peer_side::dialled, *dialling_, *answering_)) {
    refuse({base::errc::unauthenticated, "its proof of the cluster's key does not hold"},
           result.initError());
    return kj::READY_NOW;
  }
  result.setPeer(kj::heap<peer_server>(shared_, dialling_->who));
  return kj::READY_NOW;
}

listener::speaker peer_speaker(peer_context& shared) {
  return [&shared](kj::Own<kj::AsyncIoStream> stream) {
    auto connection = kj::heap<peer_connection>(shared, kj::mv(stream));
    auto done = connection->done();
    return done.attach(kj::mv(connection));
  };
}

} // namespace engram::node

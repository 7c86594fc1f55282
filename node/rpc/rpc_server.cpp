#include "node/rpc/rpc_server.hpp"

#include "node/rpc/buffered_stream.hpp"

#include <capnp/rpc-twoparty.h>

namespace engram::node {

namespace {

capnp::ReaderOptions reader_options(const config& settings) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = settings.message_bytes_max / sizeof(capnp::word);
  options.nestingLimit = 32; // the schema needs about 10
  return options;
}

class rpc_connection {
public:
  rpc_connection(edge& owner, node_identity identity, kj::Own<kj::AsyncIoStream> stream)
      : stream_(kj::mv(stream)),
        messages_(*stream_, [&owner](buffered_stream::ending how) { count(owner, how); }),
        network_(messages_, capnp::rpc::twoparty::Side::SERVER, reader_options(owner.settings())),
        system_(capnp::makeRpcServer(network_, kj::heap<bootstrap_server>(owner, identity))) {
    system_.setFlowLimit(owner.settings().connection_calls_bytes_max / sizeof(capnp::word));
  }

  kj::Promise<void> done() { return network_.onDisconnect(); }

private:
  static void count(edge& owner, buffered_stream::ending how) {
    using malformed = edge_metrics::malformed;
    if (how == buffered_stream::ending::clean) return;
    owner.metrics().bytes_malformed(edge_metrics::port::rpc, how == buffered_stream::ending::cut
                                                                 ? malformed::cut
                                                                 : malformed::framing);
  }

  kj::Own<kj::AsyncIoStream> stream_;
  buffered_stream messages_;
  capnp::TwoPartyVatNetwork network_;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> system_;
};

} // namespace

listener::speaker rpc_speaker(edge& owner, node_identity identity) {
  return [&owner, identity](kj::Own<kj::AsyncIoStream> stream) {
    auto connection = kj::heap<rpc_connection>(owner, identity, kj::mv(stream));
    auto done = connection->done();
    return done.attach(kj::mv(connection));
  };
}

} // namespace engram::node

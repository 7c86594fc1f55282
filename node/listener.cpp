#include "node/listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace engram::node {

namespace {

void set_options(kj::AsyncIoStream& connection) {
  int on = 1;
  // A pipe of a test has no options, and a connection without them still works.
  auto ignored = kj::runCatchingExceptions([&]() {
    connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection.setsockopt(SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  });
  (void)ignored;
}

} // namespace

listener::listener(edge& owner, edge_metrics::port port, kj::Timer& timer,
                   kj::Maybe<kj::TlsContext&> tls, speaker speak)
    : edge_(owner), port_(port), timer_(timer), tls_(tls), speak_(kj::mv(speak)),
      connections_(*this) {}

void listener::listen(kj::Own<kj::ConnectionReceiver> receiver) {
  auto& port = *receiver;
  accepting_ = accept_loop(port).attach(kj::mv(receiver)).eagerlyEvaluate([](kj::Exception&&) {});
}

kj::Promise<void> listener::accept_loop(kj::ConnectionReceiver& receiver) {
  return receiver.accept()
      .then(
          [this](kj::Own<kj::AsyncIoStream> connection) -> kj::Promise<void> {
            adopt(kj::mv(connection));
            return kj::READY_NOW;
          },
          [this](kj::Exception&& failure) -> kj::Promise<void> {
            // Out of descriptors, most likely: others will close, so wait instead of spinning.
            edge_.log().warn("node", "accept failed", {{"why", failure.getDescription().cStr()}});
            return timer_.afterDelay(100 * kj::MILLISECONDS);
          })
      .then([this, &receiver]() { return accept_loop(receiver); });
}

void listener::adopt(kj::Own<kj::AsyncIoStream> connection) {
  if (open_ >= edge_.settings().connections_max) {
    edge_.metrics().connection_refused(port_);
    return;
  }
  ++open_;
  edge_.metrics().connection_opened(port_);
  set_options(*connection);
  auto served = kj::evalNow([&]() { return secure_and_speak(kj::mv(connection)); });
  connections_.add(served.attach(kj::defer([this]() {
    --open_;
    edge_.metrics().connection_closed(port_);
  })));
}

kj::Promise<void> listener::secure_and_speak(kj::Own<kj::AsyncIoStream> connection) {
  KJ_IF_MAYBE (tls, tls_) {
    return tls->wrapServer(kj::mv(connection))
        .then([this](kj::Own<kj::AsyncIoStream> secured) { return speak_(kj::mv(secured)); },
              [this](kj::Exception&&) -> kj::Promise<void> {
                edge_.metrics().bytes_malformed(port_, edge_metrics::malformed::handshake);
                return kj::READY_NOW;
              });
  }
  return speak_(kj::mv(connection));
}

void listener::taskFailed(kj::Exception&& failure) {
  // Peers go away and send rubbish; the counters tell how often, the debug log why.
  edge_.log().debug("node", "connection ended", {{"why", failure.getDescription().cStr()}});
}

} // namespace engram::node

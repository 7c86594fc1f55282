#pragma once
// Accepts connections on one port: a bound on how many, TCP_NODELAY, TLS when there is a context,
// and the counting that goes with each. What is spoken on a connection is given as a function.
// Thread: one event loop. Destroying it closes the port and every connection.

#include "node/edge.hpp"

#include <kj/async-io.h>
#include <kj/compat/tls.h>

namespace engram::node {

class listener final : private kj::TaskSet::ErrorHandler {
public:
  /// Resolves when the connection is done with.
  using speaker = kj::Function<kj::Promise<void>(kj::Own<kj::AsyncIoStream>)>;

  listener(edge& owner, edge_metrics::port port, kj::Timer& timer, kj::Maybe<kj::TlsContext&> tls,
           speaker speak);

  void listen(kj::Own<kj::ConnectionReceiver> receiver);
  /// As if it had been accepted; how tests come in without a socket.
  void adopt(kj::Own<kj::AsyncIoStream> connection);
  void stop_accepting() { accepting_ = nullptr; }
  std::size_t connections() const { return open_; }

private:
  kj::Promise<void> accept_loop(kj::ConnectionReceiver& receiver);
  kj::Promise<void> secure_and_speak(kj::Own<kj::AsyncIoStream> connection);
  void taskFailed(kj::Exception&& failure) override;

  edge& edge_;
  edge_metrics::port port_;
  kj::Timer& timer_;
  kj::Maybe<kj::TlsContext&> tls_;
  speaker speak_;
  std::size_t open_ = 0;
  kj::Maybe<kj::Promise<void>> accepting_;
  kj::TaskSet connections_;
};

} // namespace engram::node

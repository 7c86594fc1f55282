#pragma once
// Speaks HTTP on one connection and closes it when the client wants that: KJ alone ignores HTTP/1.0
// and Connection: close and holds the socket until a timeout. Thread: one event loop.

#include "node/http/gateway.hpp"
#include "node/listener.hpp"

namespace engram::node {

/// The function that listener calls for a connection of the HTTP port. `on_loopback`: of the port.
listener::speaker http_speaker(edge& owner, kj::Timer& timer, bool on_loopback);

} // namespace engram::node

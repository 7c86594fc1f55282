#pragma once
// How a connection gets its byte stream: TCP, with TLS when a certificate authority is given.

#include "client/connection.hpp"

namespace engram::client {

struct endpoint {
  std::string host;
  std::uint16_t port = 7433;
};

/// "HOST:PORT", "HOST", "[::1]:7433", "::1". errc::invalid_argument says what is wrong.
base::result<endpoint> parse_endpoint(std::string_view text);

/// errc::invalid_argument: the address or the certificate file cannot be read. `io` outlives it.
base::result<dialer> tcp_dialer(kj::AsyncIoContext& io, const connection_options& options);

} // namespace engram::client

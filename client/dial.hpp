#pragma once
// How a connection gets its byte streams: TCP, with TLS when a certificate authority is given.

#include "client/connection.hpp"

namespace engram::client {

struct endpoint {
  std::string host;
  std::uint16_t port = 7433;
};

/// "HOST:PORT", "HOST", "[::1]:7433", "::1". errc::invalid_argument says what is wrong.
base::result<endpoint> parse_endpoint(std::string_view text);

/// One or more of these, with commas between.
base::result<std::vector<endpoint>> parse_endpoints(std::string_view text);

/// One per server, in their order. errc::invalid_argument: an address or the certificate file
/// cannot be read. `io` outlives them.
base::result<std::vector<dialer>> tcp_dialers(kj::AsyncIoContext& io,
                                              const connection_options& options);

} // namespace engram::client

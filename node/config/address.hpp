#pragma once
// Where to listen or whom to call: HOST:PORT, [IPV6]:PORT, _SERVICE._PROTOCOL.NAME. A value; no
// name is resolved here.

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace engram::node {

struct address {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0; // 0: any free port

  /// Only a literal address of this machine (127.0.0.0/8, ::1) or "localhost": a name that merely
  /// resolves to one today is not trusted to do so tomorrow.
  bool is_loopback() const;
  /// Not a name: nobody has to be asked what it stands for.
  bool is_literal() const;
  /// 0.0.0.0 or ::, to listen on but not to call.
  bool is_wildcard() const;
  /// The name of a DNS service record, which gives hosts and ports: "_engram._udp.example.org".
  bool is_service() const { return port == 0 && host.starts_with('_'); }
  std::string text() const;
  friend bool operator==(const address&, const address&) = default;
};

/// errc::invalid_argument names what is wrong. The port is required.
base::result<address> parse_address(std::string_view text);
/// Whom to call: HOST:PORT, or the name of a service.
base::result<address> parse_seed(std::string_view text);

} // namespace engram::node

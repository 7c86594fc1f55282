#include "node/config/address.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace engram::node {

namespace {

base::error fault(std::string_view text, std::string_view why) {
  return {base::errc::invalid_argument, "'" + std::string(text) + "': " + std::string(why)};
}

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  for (char c : host) {
    bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '-' || c == '.' || c == '_';
    if (!fits) return false;
  }
  return true;
}

} // namespace

bool address::is_loopback() const {
  if (host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool address::is_literal() const {
  in_addr v4{};
  in6_addr v6{};
  return inet_pton(AF_INET, host.c_str(), &v4) == 1 || inet_pton(AF_INET6, host.c_str(), &v6) == 1;
}

bool address::is_wildcard() const {
  in_addr v4{};
  in6_addr v6{};
  return (inet_pton(AF_INET, host.c_str(), &v4) == 1 && v4.s_addr == 0) ||
         (inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6));
}

std::string address::text() const {
  if (is_service()) return host;
  bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

base::result<address> parse_address(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return fault(text, "wanted HOST:PORT");
  auto host = text.substr(0, colon);
  auto digits = text.substr(colon + 1);

  address parsed;
  auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed.port);
  if (status != std::errc{} || end != digits.data() + digits.size()) {
    return fault(text, "the port is a number from 0 to 65535");
  }

  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    parsed.host = std::string(host.substr(1, host.size() - 2));
    in6_addr v6{};
    if (inet_pton(AF_INET6, parsed.host.c_str(), &v6) != 1) return fault(text, "no IPv6 address");
    return parsed;
  }
  if (host.find(':') != std::string_view::npos) {
    return fault(text, "an IPv6 address stands in brackets: [::1]:7433");
  }
  if (!is_host_name(host)) return fault(text, "no host name or address before the port");
  parsed.host = std::string(host);
  return parsed;
}

base::result<address> parse_seed(std::string_view text) {
  if (text.starts_with('_') && is_host_name(text)) return address{std::string(text), 0};
  TRY_ASSIGN(auto parsed, parse_address(text));
  if (parsed.port == 0) return fault(text, "a member to join has a port");
  return parsed;
}

} // namespace engram::node

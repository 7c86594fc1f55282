#include "client/dial.hpp"

#include <kj/compat/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <charconv>
#include <fstream>
#include <sstream>

namespace engram::client {

namespace {

constexpr std::string_view CERTIFICATE_END = "-----END CERTIFICATE-----";

base::error bad_address(std::string_view text) {
  return {base::errc::invalid_argument, "not HOST:PORT: \"" + std::string{text} + "\""};
}

/// A PEM file may hold several authorities; KJ takes one certificate (chain) each.
base::result<std::vector<kj::TlsCertificate>> read_authorities(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream read;
  read << file.rdbuf();
  const std::string pem = read.str();
  std::vector<kj::TlsCertificate> found;
  try {
    for (std::size_t from = 0; from < pem.size();) {
      const auto end = pem.find(CERTIFICATE_END, from);
      if (end == std::string::npos) break;
      const auto next = end + CERTIFICATE_END.size();
      found.emplace_back(kj::StringPtr((pem.substr(from, next - from) + "\n").c_str()));
      from = next;
    }
  } catch (const kj::Exception& e) {
    return {base::errc::invalid_argument,
            "cannot read the certificates in " + path + ": " + e.getDescription().cStr()};
  }
  if (found.empty()) return {base::errc::invalid_argument, "no certificate in " + path};
  return found;
}

/// The default verification depth, with our authorities instead of the system's.
std::shared_ptr<kj::TlsContext> tls_context(const std::vector<kj::TlsCertificate>& authorities) {
  kj::TlsContext::Options options;
  options.useSystemTrustStore = false;
  options.trustedCertificates = kj::arrayPtr(authorities.data(), authorities.size());
  options.minVersion = kj::TlsVersion::TLS_1_2;
  return std::make_shared<kj::TlsContext>(kj::mv(options));
}

void send_at_once(kj::AsyncIoStream& stream) {
  const int on = 1;
  stream.setsockopt(IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

} // namespace

base::result<endpoint> parse_endpoint(std::string_view text) {
  endpoint made;
  std::string_view host = text, port;
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return bad_address(text);
    host = text.substr(1, close - 1);
    port = text.substr(close + 1);
    if (!port.empty() && port.front() != ':') return bad_address(text);
  } else if (const auto colon = text.rfind(':');
             colon != std::string_view::npos && text.find(':') == colon) {
    host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (host.empty()) return bad_address(text);
  made.host = host;
  if (port.empty()) return made;
  port.remove_prefix(1);
  const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), made.port);
  if (fault != std::errc{} || end != port.data() + port.size() || made.port == 0)
    return bad_address(text);
  return made;
}

base::result<std::vector<endpoint>> parse_endpoints(std::string_view text) {
  std::vector<endpoint> made;
  while (true) {
    const auto comma = text.find(',');
    TRY_ASSIGN(auto one, parse_endpoint(text.substr(0, comma)));
    made.push_back(std::move(one));
    if (comma == std::string_view::npos) return made;
    text.remove_prefix(comma + 1);
  }
}

namespace {

dialer dialer_to(kj::AsyncIoContext& io, const endpoint& to, const std::string& name,
                 const std::shared_ptr<kj::TlsContext>& tls) {
  const bool v6 = to.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + to.host + "]" : to.host;
  return [&io, tls, name, host, port = to.port]() {
    return io.provider->getNetwork()
        .parseAddress(host.c_str(), port)
        .then([](kj::Own<kj::NetworkAddress> address) {
          auto connected = address->connect();
          return connected.attach(kj::mv(address));
        })
        .then([tls,
               name](kj::Own<kj::AsyncIoStream> stream) -> kj::Promise<kj::Own<kj::AsyncIoStream>> {
          send_at_once(*stream);
          if (!tls) return kj::mv(stream);
          return tls->wrapClient(kj::mv(stream), name.c_str());
        });
  };
}

} // namespace

base::result<std::vector<dialer>> tcp_dialers(kj::AsyncIoContext& io,
                                              const connection_options& options) {
  TRY_ASSIGN(const auto servers, parse_endpoints(options.server));
  std::shared_ptr<kj::TlsContext> tls;
  if (!options.tls_ca.empty()) {
    TRY_ASSIGN(const auto authorities, read_authorities(options.tls_ca));
    tls = tls_context(authorities);
  }
  std::vector<dialer> made;
  made.reserve(servers.size());
  for (const endpoint& to : servers)
    made.push_back(dialer_to(io, to, options.tls_name.empty() ? to.host : options.tls_name, tls));
  return made;
}

} // namespace engram::client

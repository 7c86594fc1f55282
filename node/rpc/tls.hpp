#pragma once
// Certificates from files to a TLS context. Thread: the event loop that uses the context.

#include "base/result.hpp"
#include "node/config/config.hpp"

#include <kj/compat/tls.h>

namespace engram::node {

/// Null when no certificate is configured. An error names the file and what is wrong with it, never
/// what is in it.
base::result<kj::Maybe<kj::Own<kj::TlsContext>>> make_tls(const config& settings, kj::Timer& timer);
/// For links between members, both sides; null when they speak without TLS.
base::result<kj::Maybe<kj::Own<kj::TlsContext>>> make_peer_tls(const config& settings,
                                                               kj::Timer& timer);

} // namespace engram::node

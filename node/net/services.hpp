#pragma once
// DNS service records (SRV, RFC 2782): one name for several HOST:PORT. The only owner of the C
// library's resolver. Thread: any; blocks for seconds where no name server answers.

#include "node/config/address.hpp"

#include <optional>
#include <vector>

namespace engram::node {

/// In the order of their priority, heavier ones first, then by name; hosts are names still. Asks
/// the system's name servers, or the one given (a literal IPv4 address).
/// errc::unavailable: none answered, no such name, or the answer could not be read.
base::result<std::vector<address>> services_of(const std::string& name,
                                               const std::optional<address>& server = {});

} // namespace engram::node

#pragma once
// SWIM's messages as bytes, for packets and for reliable links alike. One message has one encoding
// (base/fields.hpp); docs/formats/gossip.md gives the tags. Pure; any bytes have an answer.

#include "base/result.hpp"
#include "membership/swim/messages.hpp"

#include <string>
#include <string_view>

namespace engram::membership {

/// The last updates are left out where the whole would be longer than `bytes_max`: they are news
/// that goes on being sent, and the table exchange carries what never fits. Ensures: without
/// updates, a packet is shorter than 700 bytes for addresses and zones of legal length.
std::string encode(const message& what, std::size_t bytes_max = std::string::npos);
/// errc::corrupt: not what encode() writes. errc::unsupported_format: a newer version's.
base::result<message> decode_message(std::string_view bytes);

} // namespace engram::membership

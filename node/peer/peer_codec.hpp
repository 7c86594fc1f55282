#pragma once
// Asks and answers between members, both directions; values inside them are rpc/codec's. A KJ
// exception means that the message itself is broken.

#include "actors/core/exchange.hpp"
#include "actors/ports.hpp"
#include "node/rpc/codec.hpp"
#include "schema/peer.capnp.h"

namespace engram::node {

void encode(const actors::peer_identity& from, schema::PeerHello::Builder into);
/// errc::malformed_message: an id that is not 16 bytes.
base::result<actors::peer_identity> decode(schema::PeerHello::Reader from);

/// `left`: until the asker's deadline.
void encode(const actors::ask& from, base::duration left, schema::Ask::Builder into);
/// The deadline is counted from `now`. errc::malformed_message, or invalid_argument for numbers
/// that this node does not know.
base::result<std::shared_ptr<actors::ask>> decode(schema::Ask::Reader from,
                                                  actors::nanoseconds now);

void encode(const base::result<actors::answer>& from, schema::AskResult::Builder into);
base::result<actors::answer> decode(schema::AskResult::Reader from);

} // namespace engram::node

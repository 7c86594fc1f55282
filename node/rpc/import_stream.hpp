#pragma once
// The capabilities of one stream: the one that takes batches, and observers that tell how far it
// came (a stream call blocks its own capability, so progress needs another).

#include "node/rpc/import_state.hpp"

namespace engram::node {

schema::ImportStream::Client open_import(edge& owner, import_target target);

} // namespace engram::node

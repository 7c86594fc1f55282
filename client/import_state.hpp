#pragma once
// Internal to client/: what an import stream holds. The observer is asked for before the first
// push, because a streaming call blocks every other call on its capability.

#include "client/import_stream.hpp"
#include "client/link.hpp"

namespace engram::client {

struct import_stream::state {
  state(session_ptr s, schema::ImportStream::Client opened)
      : wire(std::move(s)), stream(kj::mv(opened)),
        observer(stream.observerRequest().send().getObserver()) {}

  session_ptr wire; // outlives the capabilities
  schema::ImportStream::Client stream;
  schema::ImportObserver::Client observer;
  std::uint64_t pushed = 0;
};

} // namespace engram::client

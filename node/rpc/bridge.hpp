#pragma once
// KJ -> service: the one place where a call leaves the event loop and its answer comes back. The
// reply may be called on any thread, during the call or after the loop is gone; then it is dropped.

#include "actors/service/reply.hpp"
#include "node/rpc/kj_error.hpp"

#include <kj/async.h>

#include <memory>

namespace engram::node {

/// Thread: a KJ event loop. `start` receives the reply and hands it to the service.
template <class T, class Start>
kj::Promise<base::result<T>> ask(Start&& start) {
  using answer = base::result<T>;
  auto pair = kj::newPromiseAndCrossThreadFulfiller<answer>();
  // std::function wants copies; the fulfiller has one owner.
  auto fulfiller =
      std::make_shared<kj::Own<kj::CrossThreadPromiseFulfiller<answer>>>(kj::mv(pair.fulfiller));
  start(actors::reply<T>([fulfiller](answer got) { (*fulfiller)->fulfill(kj::mv(got)); }));
  // A reply that is destroyed without having been called (its owner died) rejects the promise.
  return pair.promise.catch_([](kj::Exception&& failure) { return answer(to_error(failure)); });
}

} // namespace engram::node

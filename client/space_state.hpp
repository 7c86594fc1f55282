#pragma once
// Internal to client/: the capability of one space, and the session that gave it. Shared by the
// space and its streams. Thread: the event loop's.

#include "client/link.hpp"

namespace engram::client {

struct space::state {
  std::shared_ptr<link> wire;
  std::string name;
  session_ptr from;
  schema::MemorySpace::Client capability = nullptr;

  /// The space's capability in session `s`, asked for once per session.
  promise<void> resolve(const session_ptr& s) {
    if (from == s) return base::success();
    auto request = link::client_of(s).spaceRequest();
    request.setName(text_of(name));
    return request.send().then([this, s](auto response) -> base::result<void> {
      const auto result = response.getResult();
      if (result.isError()) return decode(result.getError());
      capability = result.getOk().getSpace();
      from = s;
      return base::success();
    });
  }
};

/// Calls `ask` on the capability of `state`'s space within `s`. `state` is kept by the caller's
/// attempt, which outlives the promise.
template <class T, class State, class Ask>
promise<T> with_space(std::shared_ptr<State> state, const session_ptr& s, Ask ask) {
  return state->resolve(s).then([state, ask](base::result<void> found) -> promise<T> {
    if (!found) return base::result<T>(found.error());
    return ask(state->capability);
  });
}

} // namespace engram::client

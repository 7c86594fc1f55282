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

/// A call whose one parameter is `query` and whose result is a union with an error; `request_of`
/// makes it of the capability. Said again on another session when the first is lost.
template <class Answer, class State, class Query, class RequestOf>
promise<Answer> call(const std::shared_ptr<State>& state, Query query, RequestOf request_of) {
  auto kept = std::make_shared<const Query>(std::move(query));
  auto attempt = [at = state, kept, request_of](const session_ptr& s) {
    return with_space<Answer>(at, s, [kept, request_of](auto& capability) -> promise<Answer> {
      auto request = request_of(capability);
      encode(*kept, request.initQuery());
      return request.send().then([](auto response) -> base::result<Answer> {
        const auto result = response.getResult();
        if (result.isError()) return decode(result.getError());
        return decode(result.getOk());
      });
    });
  };
  return state->wire->template retrying<Answer>(std::move(attempt));
}

} // namespace engram::client

#include "client/space_set.hpp"

#include "client/link.hpp"
#include "client/space_state.hpp"

namespace engram::client {

/// The capability of these spaces, and the session that gave it.
struct space_set::state {
  std::shared_ptr<link> wire;
  space_selector which;
  session_ptr from;
  schema::MemorySpaces::Client capability = nullptr;

  promise<void> resolve(const session_ptr& s) {
    if (from == s) return base::success();
    auto request = link::client_of(s).spacesRequest();
    encode(which, request.initSelector());
    return request.send().then([this, s](auto response) -> base::result<void> {
      const auto result = response.getResult();
      if (result.isError()) return decode(result.getError());
      capability = result.getOk();
      from = s;
      return base::success();
    });
  }
};

space_set::space_set(std::shared_ptr<link> shared, space_selector which)
    : state_(std::make_shared<state>()) {
  state_->wire = std::move(shared);
  state_->which = std::move(which);
}

promise<recall_answer> space_set::recall(recall_query query) const {
  return call<recall_answer>(state_, std::move(query), [](auto& to) { return to.recallRequest(); });
}

promise<query_answer> space_set::ask(query statement) const {
  return call<query_answer>(state_, std::move(statement),
                            [](auto& to) { return to.queryRequest(); });
}

promise<watch_answer> space_set::watch(watch_query query) const {
  return call<watch_answer>(state_, std::move(query), [](auto& to) { return to.watchRequest(); });
}

promise<knowing_answer> space_set::knowing(cue about, std::uint32_t limit) const {
  auto kept = std::make_shared<const cue>(std::move(about));
  auto attempt = [at = state_, kept, limit](const session_ptr& s) {
    return at->resolve(s).then(
        [at, kept, limit](base::result<void> found) -> promise<knowing_answer> {
          if (!found) return base::result<knowing_answer>(found.error());
          auto request = at->capability.knowingRequest();
          encode(*kept, request.initCue());
          request.setLimit(limit);
          return request.send().then([](auto response) -> base::result<knowing_answer> {
            const auto result = response.getResult();
            if (result.isError()) return decode(result.getError());
            return decode(result.getOk());
          });
        });
  };
  return state_->wire->retrying<knowing_answer>(std::move(attempt));
}

} // namespace engram::client

// What happens in a space, told to those who ask this node.

#include "actors/node/node.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

constexpr std::size_t names_max = 256;

base::result<void> check(const watch_request& asked) {
  if (asked.limit < 1 || asked.limit > WATCH_LIMIT_MAX)
    return {base::errc::invalid_argument, "limit=" + std::to_string(asked.limit)};
  if (asked.cursor.size() > vector_bytes_max) return {base::errc::invalid_argument, "cursor"};
  for (const auto* list : {&asked.kinds, &asked.who, &asked.tags})
    if (list->size() > names_max)
      return {base::errc::batch_too_large, "names=" + std::to_string(list->size())};
  return base::success();
}

} // namespace

/// Waits without a credit: it does nothing meanwhile. Its own bound is the desk's.
void node::watch(base::space_id space, watch_request request, reply<watch_reply> done) {
  if (const auto fine = check(request); !fine) return refuse(done, fine.error());
  request.wait = std::clamp(request.wait, base::duration(0), WATCH_WAIT_MAX);
  auto waiting = watchers_.open(done);
  if (!waiting) return refuse(done, waiting.error());
  const auto deadline = request.wait + config_.deadline;
  auto asked = std::make_shared<ask>();
  asked->space = space;
  asked->now = ports_.clock.wall();
  asked->deadline = ports_.clock.monotonic() + deadline;
  asked->what = watch_ask{std::move(request)};
  const auto to = route_to(*asked);
  if (!to) {
    metrics_.refused(to.error());
    return (*waiting)(to.error());
  }
  driver_.run(*to, std::move(asked), deadline,
              [this, answered = *std::move(waiting)](base::result<answer> got) {
                if (got) return answered(std::get<watch_reply>(*std::move(got)));
                metrics_.refused(got.error());
                answered(got.error());
              });
}

} // namespace engram::actors

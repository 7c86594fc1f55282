// What happens in a space, told to those who ask this node.

#include "actors/core/selection.hpp"
#include "actors/events/watch_set.hpp"
#include "actors/node/node.hpp"

#include <algorithm>

namespace engram::actors {

namespace {

constexpr std::size_t names_max = 256;
/// Of a wait for several spaces: what is left waiting when one has news stays as long at most.
constexpr base::duration round_max{2'000};
/// For a space that does not answer, where others may have news.
constexpr base::duration patience_max{1'000};

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
  watch_one(space, std::move(request), deadline, *std::move(waiting));
}

void node::watch_one(base::space_id space, watch_request request, base::duration deadline,
                     reply<watch_reply> done) {
  auto asked = std::make_shared<ask>();
  asked->space = space;
  asked->now = ports_.clock.wall();
  asked->deadline = ports_.clock.monotonic() + deadline;
  asked->what = watch_ask{std::move(request)};
  const auto to = route_to(*asked);
  if (!to) return refuse(done, to.error());
  driver_.run(*to, std::move(asked), deadline,
              [this, answered = std::move(done)](base::result<answer> got) {
                if (got) return answered(std::get<watch_reply>(*std::move(got)));
                refuse(answered, got.error());
              });
}

/// A watch of several spaces: all are asked what there is; while there is nothing, all are asked to
/// wait, a short round at a time. What is left waiting when one has news ends with its round, and
/// what it says then is asked again: its cursor has not moved.
struct node::watch_run {
  node& of;
  watch_set set;
  reply<watch_reply> done;
  clock_time until;
  base::duration wait; // as it was asked

  std::mutex mutex{};
  std::uint64_t round = 0;
  std::size_t open = 0; // questions of this round without an answer
  bool waits = false, ended = false;
};

void node::watch_across(space_selector where, std::vector<std::string> readable,
                        watch_request request, reply<watch_reply> done) {
  if (const auto fine = check(request); !fine) return refuse(done, fine.error());
  request.wait = std::clamp(request.wait, base::duration(0), WATCH_WAIT_MAX);
  const auto rows = directory_->read([&](const membership::directory& known) {
    return select(known, where, readable, WATCH_SPACES_MAX);
  });
  if (!rows) return refuse(done, rows.error());
  std::vector<watched_space> spaces;
  for (const auto& row : *rows) spaces.push_back({row.identity, row.what.name});
  const auto wait = request.wait;
  auto set = watch_set::of(std::move(request), std::move(spaces));
  if (!set) return refuse(done, set.error());
  auto waiting = watchers_.open(done);
  if (!waiting) return refuse(done, waiting.error());
  ask_round(
      std::shared_ptr<watch_run>(new watch_run{*this, *std::move(set), *std::move(waiting),
                                               ports_.clock.monotonic() + clock_time(wait), wait}));
}

void node::ask_round(const std::shared_ptr<watch_run>& run) {
  std::vector<watched_space> spaces;
  std::vector<watch_request> questions;
  std::uint64_t round = 0;
  {
    const std::lock_guard lock(run->mutex);
    const auto left =
        std::chrono::duration_cast<base::duration>(run->until - ports_.clock.monotonic());
    const auto wait =
        run->waits ? std::clamp(left, base::duration(0), round_max) : base::duration(0);
    round = ++run->round;
    spaces = run->set.spaces();
    run->open = spaces.size();
    for (std::size_t i = 0; i < run->open; ++i) questions.push_back(run->set.question(i, wait));
  }
  // Who waits for news of many must not wait for the one that is out of reach.
  const auto patience =
      run->wait.count() == 0 ? config_.deadline : std::min(config_.deadline, patience_max);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto deadline = questions[i].wait + patience;
    watch_one(spaces[i].space, std::move(questions[i]), deadline,
              [run, i, round](base::result<watch_reply> got) {
                run->of.took(run, round, i, std::move(got));
              });
  }
}

void node::took(const std::shared_ptr<watch_run>& run, std::uint64_t round, std::size_t which,
                base::result<watch_reply> got) {
  {
    const std::lock_guard lock(run->mutex);
    if (run->ended || round != run->round) return; // its cursor stays, it is asked again
    run->set.take(which, std::move(got));
    const bool all = --run->open == 0;
    const bool news = run->set.has_news();
    if (!all && !(run->waits && news)) return;
    run->ended = news || run->set.begins() || run->set.has_failed() ||
                 ports_.clock.monotonic() >= run->until || watchers_.closed();
    run->waits = true;
  }
  if (!run->ended) return ask_round(run);
  run->done(std::move(run->set).answer());
}

} // namespace engram::actors

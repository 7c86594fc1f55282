#include "actors/core/driver.hpp"

#include <algorithm>

namespace engram::actors {

struct driver::query {
  query(std::uint64_t n, scatter s, std::shared_ptr<actors::ask> a, reply<answer> d)
      : number(n), core(std::move(s)), what(std::move(a)), done(std::move(d)) {}

  const std::uint64_t number;
  std::mutex mutex; // guards core and got
  scatter core;
  std::optional<answer> got;
  const std::shared_ptr<actors::ask> what;
  reply<answer> done;
};

namespace {

coverage* coverage_of(answer& from) {
  if (auto* recall = std::get_if<recall_reply>(&from)) return &recall->coverage;
  if (auto* spread = std::get_if<spread_reply>(&from)) return &spread->coverage;
  return nullptr;
}

base::error expired(ask& what) {
  if (!std::holds_alternative<write_ask>(what.what))
    return {base::errc::deadline_exceeded, "no answer from the space"};
  auto waiting = write_stage::waiting;
  if (what.stage.compare_exchange_strong(waiting, write_stage::expired))
    return {base::errc::overloaded, "the deadline passed before the write reached the log"};
  return {base::errc::timed_out, "the write is in the log writer's hands"};
}

} // namespace

void driver::run(const route& to, std::shared_ptr<ask> what, base::duration deadline,
                 reply<answer> done) {
  const auto now = clock_.monotonic();
  const bool write = std::holds_alternative<write_ask>(what->what);
  // A silent replica is not waited for to the end while others may answer.
  const auto patience = std::min<nanoseconds>(deadline / 3, std::chrono::seconds(1));
  const scatter_rules rules{now + deadline, patience, !write};
  scatter core({{what->space, to.replicas}}, rules);
  std::shared_ptr<query> q;
  {
    const std::lock_guard lock(mutex_);
    q = std::make_shared<query>(++last_, std::move(core), std::move(what), std::move(done));
    live_.emplace(q->number, q);
  }
  scatter::actions first;
  {
    const std::lock_guard lock(q->mutex);
    first = q->core.start(now);
  }
  carry_out(q, first);
}

void driver::carry_out(const std::shared_ptr<query>& q, const scatter::actions& actions) {
  for (const auto& asked : actions.asks)
    net_.send(asked.replica, q->what,
              [this, q, asked](base::result<answer> got) { take(q, asked, std::move(got)); });
  if (actions.finished) finish(q);
}

void driver::take(const std::shared_ptr<query>& q, const scatter::ask& asked,
                  base::result<answer> got) {
  const auto now = clock_.monotonic();
  scatter::actions next;
  {
    const std::lock_guard lock(q->mutex);
    if (q->core.finished()) return;
    std::optional<base::error> failed;
    if (got)
      q->got = *std::move(got);
    else
      failed = got.error();
    next = q->core.step_answer(asked.slot, asked.attempt, std::move(failed), now);
  }
  carry_out(q, next);
}

void driver::tick() { tick_at(clock_.monotonic()); }

void driver::close() { tick_at(nanoseconds::max()); }

void driver::tick_at(nanoseconds now) {
  std::vector<std::shared_ptr<query>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, q] : live_) all.push_back(q);
  }
  for (const auto& q : all) {
    scatter::actions next;
    {
      const std::lock_guard lock(q->mutex);
      next = q->core.tick(now);
    }
    carry_out(q, next);
  }
}

void driver::finish(const std::shared_ptr<query>& q) {
  {
    const std::lock_guard lock(mutex_);
    live_.erase(q->number);
  }
  // Finished: no other thread looks at core or got any more.
  const auto& slot = q->core.slots().front();
  if (slot.state == scatter::slot_state::expired) return q->done(expired(*q->what));
  if (slot.state == scatter::slot_state::failed) return q->done(*slot.error);
  if (auto* seen = coverage_of(*q->got)) {
    seen->replicas_asked = slot.attempts;
    seen->replicas_answered = 1;
  }
  q->done(*std::move(q->got));
}

std::size_t driver::under_way() const {
  const std::lock_guard lock(mutex_);
  return live_.size();
}

} // namespace engram::actors

#include "actors/core/driver.hpp"

#include <algorithm>

namespace engram::actors {

struct driver::query {
  query(std::uint64_t n, scatter s, std::vector<part> p,
        std::function<void(std::vector<outcome>)> d)
      : number(n), core(std::move(s)), parts(std::move(p)), got(parts.size()), done(std::move(d)) {}

  const std::uint64_t number;
  std::mutex mutex; // guards core and got
  scatter core;
  const std::vector<part> parts;
  std::vector<std::optional<answer>> got; // by slot
  std::function<void(std::vector<outcome>)> done;
};

namespace {

coverage* coverage_of(answer& from) {
  if (auto* recall = std::get_if<recall_reply>(&from)) return &recall->coverage;
  if (auto* spread = std::get_if<spread_reply>(&from)) return &spread->coverage;
  if (auto* query = std::get_if<query_reply>(&from)) return &query->coverage;
  return nullptr;
}

base::error expired(ask& what) {
  if (!std::holds_alternative<write_ask>(what.what))
    return {base::errc::deadline_exceeded, "no answer from the space"};
  auto waiting = write_stage::waiting;
  if (what.stage.compare_exchange_strong(waiting, write_stage::expired))
    return {base::errc::overloaded, "the deadline passed before the write reached the log"};
  return {base::errc::timed_out, "the write is on its way to the log"};
}

/// Refused for certain: to the next replica it is as if it had never left.
void not_sent(ask& what) {
  auto logged = write_stage::logged;
  what.stage.compare_exchange_strong(logged, write_stage::waiting);
}

bool writes(const ask& what) {
  const auto* statement = std::get_if<query_ask>(&what.what);
  return std::holds_alternative<write_ask>(what.what) || (statement != nullptr && statement->works);
}

} // namespace

void driver::run(const route& to, std::shared_ptr<ask> what, base::duration deadline,
                 reply<answer> done) {
  run_all({{to, std::move(what)}}, deadline, [done = std::move(done)](std::vector<outcome> all) {
    auto& one = all.front();
    if (one.got)
      if (auto* seen = coverage_of(*one.got)) seen->replicas_asked = one.replicas_asked;
    done(std::move(one.got));
  });
}

void driver::run_all(std::vector<part> parts, base::duration deadline,
                     std::function<void(std::vector<outcome>)> done) {
  const auto now = clock_.monotonic();
  std::vector<scatter_target> targets;
  bool write = false;
  for (const auto& one : parts) {
    targets.push_back({one.what->space, one.to.replicas});
    write = write || writes(*one.what);
  }
  // A silent replica is not waited for to the end while others may answer.
  const bool waits = !parts.empty() && std::holds_alternative<watch_ask>(parts.front().what->what);
  const auto patience =
      waits ? nanoseconds(0) : std::min<nanoseconds>(deadline / 3, std::chrono::seconds(1));
  scatter core(std::move(targets), {now + deadline, patience, write});
  const auto first = core.start(now); // before a tick may see it, which would end it a second time
  std::shared_ptr<query> q;
  {
    const std::lock_guard lock(mutex_);
    q = std::make_shared<query>(++last_, std::move(core), std::move(parts), std::move(done));
    live_.emplace(q->number, q);
  }
  carry_out(q, first);
}

void driver::carry_out(const std::shared_ptr<query>& q, const scatter::actions& actions) {
  for (const auto& asked : actions.asks)
    net_.send(asked.replica, q->parts[asked.slot].what,
              [this, q, asked](base::result<answer> got) { take(q, asked, std::move(got)); });
  if (actions.finished) finish(q);
}

void driver::take(const std::shared_ptr<query>& q, const scatter::ask& asked,
                  base::result<answer> got) {
  const auto now = clock_.monotonic();
  scatter::actions next;
  {
    const std::lock_guard lock(q->mutex);
    if (q->core.finished() || q->core.slots()[asked.slot].state != scatter::slot_state::waiting)
      return;
    std::optional<base::error> failed;
    if (got)
      q->got[asked.slot] = *std::move(got);
    else
      failed = got.error();
    if (failed && failed->certainty() == base::certainty::definite)
      not_sent(*q->parts[asked.slot].what);
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
  std::vector<outcome> all;
  all.reserve(q->parts.size());
  for (std::size_t i = 0; i < q->parts.size(); ++i) {
    const auto& slot = q->core.slots()[i];
    if (slot.state == scatter::slot_state::answered)
      all.push_back({*std::move(q->got[i]), slot.attempts});
    else if (slot.state == scatter::slot_state::failed)
      all.push_back({*slot.error, slot.attempts});
    else
      all.push_back({expired(*q->parts[i].what), slot.attempts});
  }
  q->done(std::move(all));
}

std::size_t driver::under_way() const {
  const std::lock_guard lock(mutex_);
  return live_.size();
}

} // namespace engram::actors

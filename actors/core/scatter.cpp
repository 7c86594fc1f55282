#include "actors/core/scatter.hpp"

#include "base/check.hpp"

#include <algorithm>

namespace engram::actors {

scatter::scatter(std::vector<scatter_target> targets, scatter_rules rules) : rules_(rules) {
  for (auto& target : targets) slots_.push_back({std::move(target), {}, 0, {}, {}});
}

scatter::actions scatter::start(nanoseconds now) {
  actions out;
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (!ask_next(i, now, out)) {
      slots_[i].state = slot_state::failed;
      slots_[i].error = base::error{base::errc::unavailable, "no replica"};
    }
  return settle(std::move(out));
}

scatter::actions scatter::step_answer(std::size_t slot, std::uint32_t attempt,
                                      std::optional<base::error> error, nanoseconds now) {
  CHECK(slot < slots_.size(), slot, slots_.size());
  auto& s = slots_[slot];
  if (finished_ || s.state != slot_state::waiting) return {};
  if (!error) {
    s.state = slot_state::answered;
    s.error.reset();
    return settle({});
  }
  if (attempt + 1 != s.attempts)
    return {}; // an earlier replica's failure: the next is already asked
  const bool elsewhere = is_worth_asking_elsewhere(*error);
  if (!s.error || error->certainty() > s.error->certainty()) s.error = std::move(error);
  actions out;
  if (elsewhere && ask_next(slot, now, out)) return out;
  s.state = slot_state::failed;
  return settle(std::move(out));
}

scatter::actions scatter::tick(nanoseconds now) {
  if (finished_) return {};
  actions out;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto& s = slots_[i];
    if (s.state != slot_state::waiting) continue;
    if (now >= rules_.deadline)
      s.state = slot_state::expired;
    else if (!rules_.is_write && rules_.patience.count() > 0 && now - s.asked_at >= rules_.patience)
      ask_next(i, now, out); // nobody left to ask: keep waiting for those already asked
  }
  return settle(std::move(out));
}

bool scatter::is_worth_asking_elsewhere(const base::error& after) const {
  if (after.advice() == base::advice::give_up) return false;
  return !rules_.is_write ||
         (after.certainty() == base::certainty::definite && after.code != base::errc::overloaded);
}

bool scatter::ask_next(std::size_t i, nanoseconds now, actions& out) {
  auto& s = slots_[i];
  if (s.attempts == s.target.replicas.size()) return false;
  out.asks.push_back({i, s.attempts, s.target.replicas[s.attempts]});
  ++s.attempts;
  s.asked_at = now;
  return true;
}

scatter::actions scatter::settle(actions out) {
  finished_ = std::none_of(slots_.begin(), slots_.end(),
                           [](const slot_status& s) { return s.state == slot_state::waiting; });
  out.finished = finished_;
  return out;
}

} // namespace engram::actors

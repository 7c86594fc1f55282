#include "membership/succession.hpp"

#include "base/planted.hpp"

#include <algorithm>
#include <tuple>

namespace engram::membership {

bool succession::counts(const standing& m) noexcept {
  return m.state != member_state::left && !(m.retired && m.state == member_state::dead);
}

succession::tally succession::count(std::span<const standing> members) {
  tally out;
  for (const auto& m : members) {
    if (!counts(m)) continue;
    ++out.members;
    ++(m.state == member_state::dead ? out.dead : out.reached);
  }
  return out;
}

std::vector<member> succession::look(std::span<const standing> members,
                                     std::chrono::nanoseconds now) {
  const auto all = count(members);
  const bool majority =
      all.reached * how_.majority_of > all.members || base::planted("minority_replaces");
  note_deaths(members, majority, now);
  if (majority && (all.dead * how_.dead_of <= all.members || base::planted("minority_replaces")))
    replace_overdue(members, now);

  const bool heirs = std::any_of(members.begin(), members.end(), [](const standing& m) {
    return m.state != member_state::left && !m.retired;
  });
  std::vector<member> out;
  out.reserve(members.size());
  for (const auto& m : members)
    out.push_back(
        {m.id, m.zone, m.retired && heirs ? member_state::left : m.state, replaced(m.id)});
  return out;
}

void succession::note_deaths(std::span<const standing> members, bool majority,
                             std::chrono::nanoseconds now) {
  std::set<base::store_id> dead;
  for (const auto& m : members) {
    if (m.state != member_state::dead || !counts(m)) continue;
    dead.insert(m.id);
    if (majority) dead_since_.try_emplace(m.id, now);
  }
  std::erase_if(dead_since_,
                [&](const auto& each) { return !majority || !dead.contains(each.first); });
  std::erase_if(replaced_, [&](const auto& id) { return !dead.contains(id); });
}

std::vector<base::store_id> succession::given_up(std::chrono::nanoseconds now) const {
  std::vector<base::store_id> out;
  if (how_.remove_after.count() == 0) return out;
  for (const auto& [id, since] : dead_since_)
    if (replaced(id) && now - since >= how_.remove_after) out.push_back(id);
  return out;
}

void succession::replace_overdue(std::span<const standing> members, std::chrono::nanoseconds now) {
  std::vector<std::tuple<std::chrono::nanoseconds, base::store_id, std::string>> overdue;
  for (const auto& m : members) {
    const auto since = dead_since_.find(m.id);
    if (since != dead_since_.end() && !replaced(m.id) && now - since->second >= how_.replace_after)
      overdue.emplace_back(since->second, m.id, m.zone);
  }
  std::sort(overdue.begin(), overdue.end());
  for (const auto& [since, id, zone] : overdue) {
    const auto last = last_in_zone_.find(zone);
    if (last != last_in_zone_.end() && now - last->second < how_.pause_in_zone) continue;
    last_in_zone_[zone] = now;
    replaced_.insert(id);
  }
}

} // namespace engram::membership
